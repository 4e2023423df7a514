# What an instance does when it first starts: fetch the build, prove it is the one meant, hand over.
# The lines above say which release this is; the rest is in the build. shellcheck shell=bash
set -euo pipefail
fail() {
  printf 'user-data: %s\n' "$(printf '%s' "$*" | tr -s '[:space:]' ' ')" >&2
  exit 1
}
export AWS_DEFAULT_REGION="$region" AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10 HOME=/root
build=/opt/service/builds/$sha256
archive=/var/tmp/$sha256.tar.zst
command -v zstd >/dev/null || said=$(dnf install --quiet --assumeyes zstd 2>&1) ||
  fail "zstd is not on the image, and dnf cannot install it; use an image that has it. $said"
# To a role that may not list the bucket, a missing object is a forbidden one.
said=$(aws s3 cp --only-show-errors "s3://$bucket/$key" "$archive" 2>&1) ||
  fail "s3://$bucket/$key cannot be fetched; is it there, and may this role read it? $said"
echo "$sha256  $archive" | sha256sum --check --status ||
  fail "s3://$bucket/$key is not the build that its name says. Nothing of it is run; publish it again."
mkdir -p "$build"
said=$(tar --extract --zstd --no-same-owner --file "$archive" --directory "$build" 2>&1) ||
  fail "s3://$bucket/$key cannot be unpacked; is the disk full? $said"
rm -f "$archive"
echo "$release" | base64 --decode >/opt/service/release.json
exec "$build/boot/boot.sh" /opt/service/release.json
