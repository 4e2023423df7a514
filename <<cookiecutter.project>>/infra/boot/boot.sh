#!/bin/bash
# Makes a machine an instance of <<cookiecutter.project>>. README.md beside it says what a build holds and what goes where.
#
#   boot.sh RELEASE.JSON           at the first boot, from user-data: everything
#   boot.sh secrets RELEASE.JSON   at later ones, from app-secrets.service: memory has forgotten them
#   boot.sh admin COMMAND...       whenever `deliver run` asks: one admin process
#
# What goes wrong is one line on stderr: cloud-init logs it, the console and the log group show it. A second run changes
# nothing.
set -euo pipefail

PYTHON=<<cookiecutter.python>>
PACKAGE=<<cookiecutter.__package>>
# The first that reads the journal; older ones refuse the whole configuration. From the agent's release notes.
AGENT=1.300070.0
READY_SECONDS=${READY_SECONDS:-150} # the group ends an instance that is not ready after 180

root=${BOOT_ROOT:-} # what tests take for the machine
home=$root/opt/service
secrets=$root/run/app-secrets
units=$root/etc/systemd/system
agent=$root/opt/aws/amazon-cloudwatch-agent/bin
python=$root/usr/bin/python$PYTHON

main() {
  build=$(cd "$(dirname "$0")/.." && pwd)
  release=${2:-${1:-}}
  case "$#:${1:-}" in
    1:*) first_boot ;;
    2:secrets) later_boot ;;
    *:admin) admin "${@:2}" ;;
    *) fail "usage: boot.sh [secrets] RELEASE.JSON, or boot.sh admin COMMAND..." ;;
  esac
}

# All that can be wrong is found out before anything is installed.
first_boot() {
  find_python
  check_release
  check_build
  find_agent
  link_build
  write_agent_files
  start_agent # first: it sends what is logged from then on
  fetch_secrets
  write_service_files
  start_service
  wait_until_ready
}

later_boot() {
  [[ ! -e $secrets/complete ]] || return 0 # it is the first boot after all, and done
  check_python
  check_release
  fetch_secrets
}

# As nobody in particular, in a unit of its own: this only asks.
admin() {
  cd "$root/run"
  exec "$python" -I "$build/boot/admin.py" app-admin.socket "$@"
}

fail() {
  printf 'boot: %s\n' "$*" >&2
  exit 1
}

# Run a command that may fail; what it said goes into the one line.
attempt() { # WHAT-IT-MEANS COMMAND...
  local meaning=$1 said
  shift
  said=$("$@" 2>&1) || fail "$meaning $(in_one_line "$said")"
}

in_one_line() {
  printf '%s' "$*" | tr -s '[:space:]' ' '
}

# What release.json means, in the words of release.py.
tell() {
  "$python" -I "$build/boot/release.py" "$@" "$release"
}

find_python() {
  [[ -x "$python" ]] || attempt "$python is not on the image, and dnf cannot install it; use an image that has it." \
    dnf install --quiet --assumeyes "python$PYTHON"
  check_python
}

check_python() {
  [[ -x "$python" ]] || fail "$python is not on the image; use an image that has it."
  attempt "$python is not Python $PYTHON, which the build is made for." \
    "$python" -I -c 'import sys; assert "%d.%d" % sys.version_info[:2] == sys.argv[1]' "$PYTHON"
}

check_release() {
  [[ -r "$release" ]] || fail "$release is not there; user-data writes it."
  attempt "$release:" tell check
  AWS_DEFAULT_REGION=$(tell region)
  export AWS_DEFAULT_REGION AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10
}

check_build() {
  [[ -f "$build/lib/$PACKAGE/__main__.py" ]] || fail "$build has no lib/$PACKAGE/__main__.py; it is not a build of this service."
}

find_agent() {
  local version
  [[ -x "$agent/amazon-cloudwatch-agent-ctl" ]] ||
    attempt "The CloudWatch agent is not on the image, and dnf cannot install it; use an image that has it." \
      dnf install --quiet --assumeyes amazon-cloudwatch-agent
  version=$(cat "$agent/CWAGENT_VERSION" 2>/dev/null) || fail "$agent/CWAGENT_VERSION is not there; is the CloudWatch agent installed?"
  is_at_least "$AGENT" "$version" ||
    fail "The CloudWatch agent is $version and cannot read the journal; use an image with $AGENT or newer."
}

is_at_least() { # LEAST VERSION
  [[ "$(printf '%s\n' "$1" "$2" | sort --version-sort | sed -n 1p)" = "$1" ]]
}

link_build() {
  mkdir -p "$home"
  ln -sfn "$build" "$home/current"
}

write_agent_files() {
  write agent "$home/agent.json" 0644 "$(instance)"
  write metrics "$home/metrics.yaml" 0644 "$(instance)"
}

# cloud-init keeps the instance's id in a file.
instance() {
  cat "$root/var/lib/cloud/data/instance-id" 2>/dev/null || uname -n
}

# Write a whole file or none.
write() { # KIND PATH MODE MORE...
  local kind=$1 path=$2 mode=$3 said
  shift 3
  mkdir -p "$(dirname "$path")"
  said=$({ tell "$kind" "$@" >"$path.new"; } 2>&1) || fail "$path cannot be written: $(in_one_line "$said")"
  chmod "$mode" "$path.new"
  mv "$path.new" "$path"
}

start_agent() {
  attempt "The CloudWatch agent refuses $home/agent.json." \
    "$agent/amazon-cloudwatch-agent-ctl" -a fetch-config -m ec2 -s -c "file:$home/agent.json"
}

# Into memory, for root alone; systemd hands them to the service. None of them is in an argument or in the environment.
fetch_secrets() {
  local wanted each
  wanted=$(tell secrets)
  mkdir -p "$secrets"
  chmod 0700 "$secrets"
  [[ "$(stat --file-system --format=%T "$secrets")" = tmpfs ]] || fail "$secrets is not in memory (tmpfs); a secret may not touch the disk."
  for each in $wanted; do
    fetch_secret "${each%%,*}" "${each#*,}"
  done
  touch "$secrets/complete"
}

fetch_secret() { # NAME ARN,VERSION
  local name=$1 arn=${2%,*} version=${2##*,} said
  said=$({
    umask 077
    aws secretsmanager get-secret-value --secret-id "$arn" --version-id "$version" --output json |
      "$python" -I "$build/boot/release.py" secret >"$secrets/.new"
  } 2>&1) || fail "Secret $name, version $version of $arn, cannot be fetched. $(in_one_line "$said")"
  mv "$secrets/.new" "$secrets/$name"
}

write_service_files() {
  write environment "$home/environment" 0600 "$(nproc)"
  write unit "$units/app.service.d/release.conf" 0644
  write unit "$units/app-admin.service.d/release.conf" 0644
  install -m 0644 "$build/boot/"app*.service "$build/boot/app-admin.socket" "$units"
}

start_service() {
  attempt "systemd cannot be told of the units." systemctl daemon-reload
  attempt "app.service cannot be enabled." systemctl enable app.service
  attempt "app-admin.socket cannot be started." systemctl enable --now app-admin.socket
  systemctl start app.service >/dev/null 2>&1 || give_up "app.service does not start."
}

wait_until_ready() {
  local end=$((SECONDS + READY_SECONDS))
  until tell ready 2; do
    ! systemctl is-failed --quiet app.service || give_up "app.service has failed, and starting again would not help."
    ((SECONDS < end)) || give_up "app.service is not ready after $READY_SECONDS s."
  done
}

# A machine whose service did not start runs none.
give_up() {
  local last
  last=$(journalctl --unit app.service --lines 5 --output cat 2>/dev/null) || last="nothing that journalctl finds"
  systemctl disable --now --quiet app.service >/dev/null 2>&1 || true
  fail "$1 Its last words: $(in_one_line "$last")"
}

if [[ "${BASH_SOURCE[0]}" = "$0" ]]; then
  main "$@"
fi
