#!/bin/sh
# Publish one message over HTTP: KEY=linli_… ./publish.sh TYPE DATA [ID]
# LINLI is the station's URL, PUBLISHER the publisher's name. Send a repeat under the same ID.
set -eu
linli=${LINLI:-http://127.0.0.1:8000} publisher=${PUBLISHER:-property}
id=${3:-$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)}

curl -sS --fail-with-body "$linli/api/v1/messages" \
  -H "Authorization: Bearer $KEY" \
  -H 'Content-Type: application/json' \
  -H 'ce-specversion: 1.0' \
  -H "ce-id: $id" \
  -H "ce-source: /partners/$publisher" \
  -H "ce-type: $1" \
  -H "ce-time: $(date -u +%Y-%m-%dT%H:%M:%SZ)" \
  -d "$2"
echo
