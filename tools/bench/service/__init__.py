"""The baked service beside FastAPI: throughput, latency, memory, start, in one run."""
