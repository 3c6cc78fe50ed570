/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "source.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#define LOOK_BYTES 4096

typedef gboolean (*ReadFunc) (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error);

/* By the first bytes; what has no magic number is taken for a log. */
static ReadFunc
reader_for (const guint8 *data, gsize length)
{
  static const struct
  {
    const char *magic;
    gsize length;
    ReadFunc read;
  } kinds[] = {{"\xa1\xb2\xc3\xd4", 4, capture_read}, {"\xd4\xc3\xb2\xa1", 4, capture_read},
      {"\xa1\xb2\x3c\x4d", 4, capture_read}, {"\x4d\x3c\xb2\xa1", 4, capture_read},
      {"\xa1\xb2\xcd\x34", 4, capture_read}, {"\x34\xcd\xb2\xa1", 4, capture_read},
      {"\x0a\x0d\x0d\x0a", 4, capture_read}, {"#!rtpplay1.0 ", 13, rtp_dump_read}};
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (length >= kinds[i].length && memcmp (data, kinds[i].magic, kinds[i].length) == 0)
      return kinds[i].read;
  }
  return memchr (data, '\0', length) == NULL ? message_log_read : NULL;
}

gboolean
source_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error)
{
  guint8 look[LOOK_BYTES];
  g_autoptr (GFile) path = g_file_new_for_commandline_arg (file);
  g_autoptr (GFileInputStream) stream = g_file_read (path, NULL, error);
  gsize length = 0;
  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), look, sizeof look, &length, NULL, error))
    return FALSE;
  ReadFunc read = reader_for (look, length);
  if (read != NULL && length > 0)
    return read (file, entries, warnings, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s",
      length == 0 ? "the file is empty"
                  : "neither a capture (pcap, pcapng) nor an RTP dump nor a log of call-quality messages");
  return FALSE;
}
