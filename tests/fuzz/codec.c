/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/engineio.h"
#include "gst/core/socketio.h"

#include <string.h>

/* The input is a polling body. Its packets are Socket.IO messages in a row, as a connection brings them. What is read
 * is written and read again, and must be the same. */

static void
check_engineio_packet (const EngineioPacket *packet)
{
  g_autoptr (GBytes) written = engineio_packet_write (packet);
  gsize size;
  const guint8 *data = g_bytes_get_data (written, &size);
  g_autoptr (EngineioPacket) again = engineio_packet_parse (data, size, packet->binary, G_MAXSIZE, NULL);

  FUZZ_ASSERT (again != NULL && again->type == packet->type && again->binary == packet->binary);
  FUZZ_ASSERT (g_bytes_equal (again->data, packet->data));
}

static void
check_payload (GPtrArray *packets)
{
  g_autoptr (GString) payload = g_string_new (NULL);
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; i < packets->len; i++)
    engineio_payload_append (payload, g_ptr_array_index (packets, i));
  g_autoptr (GPtrArray) again = engineio_payload_parse (payload->str, payload->len, G_MAXSIZE, packets->len, NULL);
  FUZZ_ASSERT (again != NULL && again->len == packets->len);
  for (guint i = 0; i < again->len; i++)
    engineio_payload_append (joined, g_ptr_array_index (again, i));
  FUZZ_ASSERT (g_string_equal (payload, joined));
}

static void
check_event (const SocketioPacket *packet)
{
  g_autofree char *name = NULL, *args = NULL;

  FUZZ_ASSERT (socketio_event_split (packet, &name, &args));
  g_autoptr (GString) inside = g_string_new_len (args + 1, (gssize) strlen (args) - 2);
  g_autoptr (SocketioPacket) built = socketio_event_new (packet->nsp, name, inside->str, packet->id);
  g_autofree char *name_again = NULL, *args_again = NULL;
  FUZZ_ASSERT (socketio_event_split (built, &name_again, &args_again));
  FUZZ_ASSERT (strcmp (name, name_again) == 0 && strcmp (args, args_again) == 0);
  g_autofree char *first = socketio_args_nth (args, 0);
  FUZZ_ASSERT ((first != NULL) == (*inside->str != '\0'));
}

static void
check_socketio_packet (const SocketioPacket *packet)
{
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);
  g_autofree char *text = socketio_packet_write (packet);
  g_autoptr (SocketioPacket) again = NULL;

  FUZZ_ASSERT (socketio_decoder_text (decoder, text, strlen (text), &again, NULL));
  for (guint i = 0; i < packet->attachments->len; i++) {
    FUZZ_ASSERT (again == NULL);
    FUZZ_ASSERT (socketio_decoder_binary (decoder, g_ptr_array_index (packet->attachments, i), &again, NULL));
  }
  FUZZ_ASSERT (again != NULL && again->type == packet->type && again->id == packet->id);
  FUZZ_ASSERT (strcmp (again->nsp, packet->nsp) == 0 && g_strcmp0 (again->json, packet->json) == 0);
  if (packet->type == SOCKETIO_EVENT || packet->type == SOCKETIO_BINARY_EVENT)
    check_event (packet);
}

static void
feed (SocketioDecoder *decoder, const EngineioPacket *packet)
{
  g_autoptr (SocketioPacket) complete = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (packet->data, &size);
  gboolean good = packet->binary ? socketio_decoder_binary (decoder, packet->data, &complete, &error)
                                 : socketio_decoder_text (decoder, text, size, &complete, &error);

  FUZZ_ASSERT (good == (error == NULL));
  FUZZ_ASSERT (good || complete == NULL);
  if (complete != NULL)
    check_socketio_packet (complete);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);
  EngineioHandshake handshake = {0};

  if (engineio_handshake_parse ((const char *) data, size, &handshake, NULL))
    engineio_handshake_clear (&handshake);
  g_autoptr (GPtrArray) packets = engineio_payload_parse ((const char *) data, size, G_MAXSIZE, 64, NULL);
  if (packets == NULL)
    return 0;
  check_payload (packets);
  for (guint i = 0; i < packets->len; i++) {
    check_engineio_packet (g_ptr_array_index (packets, i));
    feed (decoder, g_ptr_array_index (packets, i));
  }
  return 0;
}
