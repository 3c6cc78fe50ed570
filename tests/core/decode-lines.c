/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/socketio.h"

#include <stdio.h>
#include <string.h>

/* The Socket.IO decoder as a filter, for socketio-reference.mjs. A line in is `t` (text) or `b` (binary) and a message
 * in base64; a line out is `error WHY`, `due` while attachments are, or `packet` and, each in base64, the text that the
 * packet is written as and its attachments. A line `r` begins anew and says nothing. */

static void
print_base64 (gconstpointer data, gsize size)
{
  g_autofree char *text = g_base64_encode (data, size);

  printf (" %s", text);
}

static void
print_packet (const SocketioPacket *packet)
{
  g_autofree char *text = socketio_packet_write (packet);

  printf ("packet");
  print_base64 (text, strlen (text));
  for (guint i = 0; i < packet->attachments->len; i++) {
    GBytes *attachment = g_ptr_array_index (packet->attachments, i);
    print_base64 (g_bytes_get_data (attachment, NULL), g_bytes_get_size (attachment));
  }
  printf ("\n");
}

static void
decode_line (SocketioDecoder *decoder, const char *line)
{
  gsize size = 0;
  g_autofree guchar *data = line[1] != '\0' ? g_base64_decode (line + 1, &size) : NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (SocketioPacket) packet = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good = *line == 'b' ? socketio_decoder_binary (decoder, bytes, &packet, &error)
                               : socketio_decoder_text (decoder, (const char *) data, size, &packet, &error);

  if (!good)
    printf ("error %s\n", error->message);
  else if (packet == NULL)
    printf ("due\n");
  else
    print_packet (packet);
}

int
main (void)
{
  static char line[1 << 20];
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);

  while (fgets (line, sizeof line, stdin) != NULL) {
    g_strchomp (line);
    if (*line != 'r') {
      decode_line (decoder, line);
      continue;
    }
    socketio_decoder_free (decoder);
    decoder = socketio_decoder_new (NULL);
  }
  return 0;
}
