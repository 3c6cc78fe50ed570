/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* webrtcbin hears nothing of keys: 1.22 answers an offer with one format for each line, and every version makes a pad
 * of its own for each payload type that comes. So the formats are added to what is sent to the peer and taken out of
 * what comes from it, and the leg takes the packets out of the stream before webrtcbin sees them (calllegdtmf.c).
 *
 *   webrtcbin's offer   96                 peer's offer    111 63 9 0 8 110 126
 *   sent                96 110 126         for webrtcbin   111 63 9 0 8
 *   peer's answer       96 110             webrtcbin's answer   111
 *   for webrtcbin       96                 sent                 111 110 126
 *
 * 48000 Hz is the clock of the sound beside it, which RFC 4733 asks for; 8000 Hz is there for gateways to telephones
 * that know nothing else. */

#include "gst/call/callsdpevents.h"

#include <stdlib.h>
#include <string.h>

#define NAME "telephone-event/"
#define FIRST_DYNAMIC 96
#define N_PAYLOADS 128

static gboolean
is_sound_in_use (const GstSDPMedia *media)
{
  return strcmp (gst_sdp_media_get_media (media), "audio") == 0
         && (gst_sdp_media_get_port (media) != 0 || gst_sdp_media_get_attribute_val (media, "bundle-only") != NULL);
}

/* The attribute speaks of @format: its value begins with it and a blank. */
static gboolean
is_about (const GstSDPAttribute *attribute, const char *format)
{
  gsize length = strlen (format);

  return (strcmp (attribute->key, "rtpmap") == 0 || strcmp (attribute->key, "fmtp") == 0
             || strcmp (attribute->key, "rtcp-fb") == 0)
         && attribute->value != NULL && strncmp (attribute->value, format, length) == 0
         && attribute->value[length] == ' ';
}

/* 0: @format is no telephone-event. */
static guint
find_clock_rate (const GstSDPMedia *media, const char *format)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
    const char *name;
    if (strcmp (attribute->key, "rtpmap") != 0 || !is_about (attribute, format))
      continue;
    name = attribute->value + strlen (format);
    name += strspn (name, " ");
    if (g_ascii_strncasecmp (name, NAME, strlen (NAME)) == 0)
      return (guint) CLAMP (atoi (name + strlen (NAME)), 0, 192000);
  }
  return 0;
}

static void
remove_format (GstSDPMedia *media, guint index)
{
  g_autofree char *format = g_strdup (gst_sdp_media_get_format (media, index));

  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--)
    if (is_about (gst_sdp_media_get_attribute (media, i - 1), format))
      gst_sdp_media_remove_attribute (media, i - 1);
  gst_sdp_media_remove_format (media, index);
}

static void
append (CallSdpEventLine *line, guint payload, guint clock_rate)
{
  if (line->n < CALL_SDP_EVENTS_MAX && payload > 0 && payload < N_PAYLOADS) /* 0 is none */
    line->events[line->n++] = (CallSdpEvent){(guint8) payload, clock_rate};
}

static void
take_from_line (GstSDPMedia *media, CallSdpEventLine *line)
{
  for (guint i = 0; i < gst_sdp_media_formats_len (media);) {
    const char *format = gst_sdp_media_get_format (media, i);
    guint clock_rate = find_clock_rate (media, format);
    /* A line of nothing else stays what it is: it cannot be served. */
    if (clock_rate == 0 || gst_sdp_media_formats_len (media) == 1) {
      i++;
      continue;
    }
    append (line, (guint) MAX (atoi (format), 0), clock_rate);
    remove_format (media, i);
  }
}

void
call_sdp_take_events (GstSDPMessage *sdp, CallSdpKeys *keys)
{
  if (keys == NULL)
    return;
  memset (&keys->remote, 0, sizeof keys->remote);
  for (guint i = 0; i < MIN (gst_sdp_message_medias_len (sdp), SDP_CHECK_MAX_MEDIA); i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (sdp, i);
    if (is_sound_in_use (media))
      take_from_line (media, &keys->remote.lines[i]);
  }
}

/* ---- ours ---- */

static void
note_used (const GstSDPMessage *sdp, gboolean used[N_PAYLOADS])
{
  for (guint i = 0; i < gst_sdp_message_medias_len (sdp); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (sdp, i);
    for (guint k = 0; k < gst_sdp_media_formats_len (media); k++)
      used[atoi (gst_sdp_media_get_format (media, k)) & (N_PAYLOADS - 1)] = TRUE;
  }
}

/* Browsers' own numbers where they are free. */
static void
offer (const GstSDPMessage *sdp, CallSdpEventLine *line)
{
  static const CallSdpEvent usual[] = {{110, 48000}, {126, 8000}};
  gboolean used[N_PAYLOADS] = {FALSE};

  note_used (sdp, used);
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++) {
    guint payload = usual[i].payload;
    for (guint other = N_PAYLOADS - 1; used[payload] && other >= FIRST_DYNAMIC; other--)
      payload = other;
    if (used[payload])
      return;
    used[payload] = TRUE;
    append (line, payload, usual[i].clock_rate);
  }
}

static void
add_to_line (GstSDPMedia *media, const CallSdpEventLine *line)
{
  for (guint i = 0; i < line->n; i++) {
    g_autofree char *format = g_strdup_printf ("%u", line->events[i].payload);
    g_autofree char *map = g_strdup_printf ("%s " NAME "%u", format, line->events[i].clock_rate);
    g_autofree char *keys = g_strdup_printf ("%s 0-15", format);
    gst_sdp_media_add_format (media, format);
    gst_sdp_media_add_attribute (media, "rtpmap", map);
    gst_sdp_media_add_attribute (media, "fmtp", keys);
  }
}

static void
add_events (GstSDPMessage *sdp, CallSdpKeys *keys, gboolean answer)
{
  CallSdpEventLine own = {0};

  memset (&keys->local, 0, sizeof keys->local);
  if (!answer)
    offer (sdp, &own);
  for (guint i = 0; i < MIN (gst_sdp_message_medias_len (sdp), SDP_CHECK_MAX_MEDIA); i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (sdp, i);
    if (!is_sound_in_use (media))
      continue;
    keys->local.lines[i] = answer ? keys->remote.lines[i] : own; /* one number for one format: they share a bundle */
    add_to_line (media, &keys->local.lines[i]);
  }
}

char *
call_sdp_print_local (const GstSDPMessage *sdp, CallSdpKeys *keys, gboolean answer)
{
  GstSDPMessage *copy;
  char *text;

  gst_sdp_message_copy (sdp, &copy);
  if (keys != NULL)
    add_events (copy, keys, answer);
  text = gst_sdp_message_as_text (copy);
  gst_sdp_message_free (copy);
  return text;
}
