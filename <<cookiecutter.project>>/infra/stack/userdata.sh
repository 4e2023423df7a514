# What an instance does when it first starts: fetch the build, prove it is the one meant, hand over.
# The lines above say which release this is; the rest is in the build. shellcheck shell=bash
set -euo pipefail
export AWS_DEFAULT_REGION="$region" AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10 HOME=/root
build=/opt/service/builds/$sha256
archive=/var/tmp/$sha256.tar.zst
command -v zstd >/dev/null || dnf install --quiet --assumeyes zstd
aws s3 cp --only-show-errors "s3://$bucket/$key" "$archive"
echo "$sha256  $archive" | sha256sum --check --quiet
mkdir -p "$build"
tar --extract --zstd --no-same-owner --file "$archive" --directory "$build"
rm -f "$archive"
echo "$release" | base64 --decode >/opt/service/release.json
exec "$build/boot/boot.sh" /opt/service/release.json
