/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A leg's pipeline is nobody's child: its nicesrc is found when it is added to its bin, whichever that is. */

#include "lossylegs.h"

static guint lose_nth;

static void
counts_free (gpointer counts)
{
  g_hash_table_unref (counts);
}

/* The first byte tells RTP and RTCP from DTLS and STUN, the second RTCP from RTP (RFC 7983, RFC 5761). */
static gboolean
is_lost (GHashTable *counts, GstBuffer *buffer)
{
  guint8 header[12];
  gpointer ssrc;
  guint count;

  if (gst_buffer_extract (buffer, 0, header, sizeof header) < sizeof header || header[0] >> 6 != 2
      || (header[1] & 0x7f) / 32 == 2)
    return FALSE;
  ssrc = GUINT_TO_POINTER (GST_READ_UINT32_BE (header + 8));
  count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, ssrc)) + 1;
  g_hash_table_insert (counts, ssrc, GUINT_TO_POINTER (count));
  return count % lose_nth == 0;
}

static gboolean
keep (GstBuffer **buffer, guint index, gpointer counts)
{
  if (is_lost (counts, *buffer))
    gst_clear_buffer (buffer);
  return TRUE;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer counts)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return is_lost (counts, GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  info->data = gst_buffer_list_make_writable (info->data);
  gst_buffer_list_foreach (info->data, keep, counts);
  return GST_PAD_PROBE_OK;
}

static gboolean
on_element_added (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  GstElement *element = g_value_get_object (&values[1]);
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) src = NULL;

  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "nicesrc"))
    return TRUE;
  src = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_data,
      g_hash_table_new (NULL, NULL), counts_free);
  return TRUE;
}

void
lossy_legs_install (guint nth)
{
  g_type_class_unref (g_type_class_ref (GST_TYPE_BIN)); /* its signals are there from now on */
  lose_nth = nth;
  g_signal_add_emission_hook (g_signal_lookup ("element-added", GST_TYPE_BIN), 0, on_element_added, NULL, NULL);
}
