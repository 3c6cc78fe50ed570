#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# no-leaks.sh PROGRAM [ARG...]: runs an element test under GStreamer's leaks tracer and fails when an object of ours or
# of GStreamer's is alive after gst_deinit(). The tracer only writes to the debug log, so the log is read here.
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
GST_TRACERS=leaks GST_DEBUG="${GST_DEBUG:+$GST_DEBUG,}GST_TRACER:7" GST_DEBUG_NO_COLOR=1 GST_DEBUG_FILE=$log "$@"
rc=$?
if [ -n "$KEEP_LOG" ]; then cp "$log" "$KEEP_LOG"; fi
# dtlsdec keeps the agent with the process's generated certificate in a static of its own: one for ever, not one a call.
leaked=$(grep 'object-alive, type-name=(string)[A-Za-z]' "$log" | sed 's/.*object-alive, /# leaked: /')
if [ "$(echo "$leaked" | grep -c GstDtlsAgent)" -le 1 ]; then
  leaked=$(echo "$leaked" | grep -v GstDtlsAgent)
fi
if [ -n "$leaked" ]; then
  echo "$leaked" | head -40 >&2
  exit 1
fi
exit $rc
