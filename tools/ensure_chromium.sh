#!/bin/sh
# The browser tests need Chromium. Install Debian's when we may, else say in one line how to get it.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 && exit 0
fi
echo "Chromium is missing, so the browser tests will be skipped or fail: sudo apt-get install chromium"
