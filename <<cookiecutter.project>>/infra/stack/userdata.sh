# What an instance does when it first starts: fetch the build, prove it is the one meant, hand over to it.
# The lines above set what differs between releases; everything else is in the build. shellcheck shell=bash
set -euo pipefail
: "${region:?}" "${bucket:?}" "${key:?}" "${sha256:?}" "${release:?}"
export AWS_DEFAULT_REGION="$region" AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10 HOME=/root
build=/opt/service/builds/$sha256
archive=/var/tmp/$sha256.tar.zst
command -v zstd >/dev/null || dnf install --quiet --assumeyes zstd
aws s3 cp --only-show-errors "s3://$bucket/$key" "$archive"
echo "$sha256  $archive" | sha256sum --check --quiet
mkdir -p "$build"
tar --extract --zstd --no-same-owner --file "$archive" --directory "$build"
rm -f "$archive"
printf '%s' "$release" >/opt/service/release.json
exec "$build/boot/boot.sh" /opt/service/release.json
