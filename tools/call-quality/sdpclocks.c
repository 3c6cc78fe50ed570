/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#define _GNU_SOURCE /* memmem */
#include "sdpclocks.h"

#include "gst/core/span.h"

#include <string.h>

#define MAX_CLOCK 1000000 /* Hz */

typedef struct
{
  guint16 port;
  gboolean video, within; /* within: below an m= line */
} Media;

/* audio 5004 RTP/AVP 111 */
static void
read_media (Media *media, Span line)
{
  guint64 port = 0;
  Span kind = span_take (&line, ' '), number = span_take (&line, ' ');
  media->within = TRUE;
  media->video = span_is (&kind, "video");
  number = span_take (&number, '/');
  media->port = span_to_uint (&number, 0, G_MAXUINT16, &port) ? (guint16) port : 0;
}

/* 111 opus/48000/2 */
static void
read_rtpmap (GArray *clocks, const Media *media, Span line)
{
  guint64 payload_type, clock_rate;
  SdpClock clock = {.port = media->port, .video = media->video};
  Span number = span_take (&line, ' '), name = span_take (&line, '/'), rate = span_take (&line, '/');
  if (!span_to_uint (&number, 0, 127, &payload_type) || !span_to_uint (&rate, 1, MAX_CLOCK, &clock_rate)
      || !span_copy (&name, clock.codec, sizeof clock.codec) || !g_utf8_validate (clock.codec, -1, NULL))
    return;
  clock.payload_type = (guint8) payload_type;
  clock.clock_rate = (guint) clock_rate;
  for (char *c = clock.codec; *c != '\0'; c++)
    *c = g_ascii_toupper (*c);
  if (clocks->len >= SDP_CLOCKS_MAX)
    g_array_remove_index (clocks, 0);
  g_array_append_val (clocks, clock);
}

/* To the next end of a line, be it a character or JSON's spelling of one. */
static gsize
line_length (const char *at, gsize left)
{
  for (gsize i = 0; i < left; i++) {
    gboolean spelled = at[i] == '\\' && i + 1 < left && (at[i + 1] == 'r' || at[i + 1] == 'n');
    if (at[i] == '\r' || at[i] == '\n' || spelled)
      return i;
  }
  return left;
}

void
sdp_clocks_read (GArray *clocks, const guint8 *data, gsize length)
{
  Media media = {0};
  const char *at = (const char *) data;
  if (length < strlen ("a=rtpmap:") || memmem (data, length, "a=rtpmap:", strlen ("a=rtpmap:")) == NULL)
    return;
  while (length > 0) {
    Span line = {at, line_length (at, length)}, rest;
    if (span_after (&line, "m=", &rest))
      read_media (&media, rest);
    else if (media.within && span_after (&line, "a=rtpmap:", &rest))
      read_rtpmap (clocks, &media, rest);
    gsize end = MIN (length, line.length + (line.length < length && at[line.length] == '\\' ? 2 : 1));
    at += end;
    length -= end;
  }
}

const SdpClock *
sdp_clocks_find (const GArray *clocks, guint8 payload_type, guint16 source_port, guint16 destination_port)
{
  const SdpClock *found = NULL;
  for (guint i = clocks->len; i > 0; i--) {
    const SdpClock *clock = &g_array_index (clocks, SdpClock, i - 1);
    if (clock->payload_type != payload_type)
      continue;
    if (clock->port == destination_port || clock->port == source_port)
      return clock;
    if (found == NULL)
      found = clock;
  }
  return found;
}
