/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callsdp.h"

#include <string.h>

/* The only header extension that rtpsession serves by itself: it sends the feedback that a browser's bandwidth
 * estimation lives on. Others (orientation, absolute send time, ...) would be promised and not kept. */
#define TRANSPORT_CC "transport-wide-cc-extensions"

static gboolean
is_unserved_extension (const GstSDPAttribute *attribute)
{
  return strcmp (attribute->key, "extmap") == 0
         && (attribute->value == NULL || !strstr (attribute->value, TRANSPORT_CC));
}

static gboolean
is_feedback (const GstSDPAttribute *attribute, const char *what)
{
  return strcmp (attribute->key, "rtcp-fb") == 0 && attribute->value != NULL && strstr (attribute->value, what) != NULL;
}

static gboolean
drop_remote (const GstSDPAttribute *attribute)
{
  return is_unserved_extension (attribute) || strcmp (attribute->key, "extmap-allow-mixed") == 0
         || is_feedback (attribute, "goog-remb");
}

/* Our packets carry no transport-wide sequence number in an offer of ours. */
static gboolean
drop_local (const GstSDPAttribute *attribute, gboolean has_extension)
{
  return !has_extension && is_feedback (attribute, "transport-cc");
}

static gboolean
has_extension (const GstSDPMedia *media)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
    if (strcmp (attribute->key, "extmap") == 0)
      return TRUE;
  }
  return FALSE;
}

static void
clean_media (GstSDPMedia *media, gboolean local)
{
  gboolean extension = has_extension (media);

  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i - 1);
    if (local ? drop_local (attribute, extension) : drop_remote (attribute))
      gst_sdp_media_remove_attribute (media, i - 1);
  }
}

static void
clean (GstSDPMessage *sdp, gboolean local)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (sdp); i++)
    clean_media ((GstSDPMedia *) gst_sdp_message_get_media (sdp, i), local);
}

GstSDPMessage *
call_sdp_parse_remote (const char *sdp, gsize max_length, SdpSummary *summary, GError **error)
{
  GstSDPMessage *message;

  if (!sdp_check (sdp, strlen (sdp), max_length, summary, error))
    return NULL;
  gst_sdp_message_new (&message);
  if (gst_sdp_message_parse_buffer ((const guint8 *) sdp, strlen (sdp), message) != GST_SDP_OK) {
    gst_sdp_message_free (message);
    g_set_error_literal (error, SDP_CHECK_ERROR, SDP_CHECK_ERROR_SYNTAX, "no SDP");
    return NULL;
  }
  clean (message, FALSE);
  return message;
}

void
call_sdp_clean_local (GstSDPMessage *sdp)
{
  clean (sdp, TRUE);
}

guint
call_sdp_find_mline (const SdpSummary *summary, const char *mid, guint mline_index)
{
  for (guint i = 0; mid != NULL && *mid != '\0' && i < summary->n_media; i++) {
    if (strcmp (summary->media[i].mid, mid) == 0)
      return i;
  }
  return mline_index;
}
