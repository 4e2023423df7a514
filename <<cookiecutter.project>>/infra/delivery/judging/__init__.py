"""Gates judged: by what the balancer counted, by alarms and by probes."""
