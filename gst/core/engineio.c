/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/engineio.h"

#include "gst/core/base64.h"
#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"

#include <string.h>

/* A packet is a type digit and its data. Over websocket each is one message, and binary is a bare binary frame; in a
 * polling body packets are joined by 0x1e, and binary is `b` and base64, because the body is text:
 *
 *    websocket   [4hello]  (01 02 03)           polling   4hello<1e>bAQID
 */

#define SEPARATOR '\x1e'
#define MAX_SID 128
#define DEFAULT_MAX_PAYLOAD 1000000

G_DEFINE_QUARK (engineio_error, engineio_error)

static EngineioPacket *
packet_new (EngineioType type, gboolean binary, GBytes *data)
{
  EngineioPacket *packet = g_new0 (EngineioPacket, 1);

  packet->type = type;
  packet->binary = binary;
  packet->data = data;
  return packet;
}

EngineioPacket *
engineio_packet_new (EngineioType type, const char *text)
{
  return packet_new (type, FALSE, g_bytes_new (text, text != NULL ? strlen (text) : 0));
}

EngineioPacket *
engineio_packet_new_binary (GBytes *data)
{
  return packet_new (ENGINEIO_MESSAGE, TRUE, g_bytes_ref (data));
}

void
engineio_packet_free (EngineioPacket *packet)
{
  if (packet == NULL)
    return;
  g_bytes_unref (packet->data);
  g_free (packet);
}

/* Text that is known to be UTF-8. */
static EngineioPacket *
parse_text (const char *text, gsize length, GError **error)
{
  if (length == 0) {
    g_set_error_literal (error, ENGINEIO_ERROR, ENGINEIO_ERROR_EMPTY, "a packet without a type");
    return NULL;
  }
  if (*text < '0' + ENGINEIO_OPEN || *text > '0' + ENGINEIO_NOOP) {
    g_set_error (error, ENGINEIO_ERROR, ENGINEIO_ERROR_TYPE, "a packet of the unknown type 0x%02x", (guchar) *text);
    return NULL;
  }
  return packet_new ((EngineioType) (*text - '0'), FALSE, g_bytes_new (text + 1, length - 1));
}

static gboolean
check_size (gsize length, gsize max_payload, GError **error)
{
  if (length <= max_payload)
    return TRUE;
  g_set_error (error, ENGINEIO_ERROR, ENGINEIO_ERROR_TOO_LARGE,
      "%" G_GSIZE_FORMAT " bytes where %" G_GSIZE_FORMAT " are allowed", length, max_payload);
  return FALSE;
}

static gboolean
check_text (const char *text, gsize length, GError **error)
{
  if (length == 0) { /* @text may be NULL */
    g_set_error_literal (error, ENGINEIO_ERROR, ENGINEIO_ERROR_EMPTY, "no packet");
    return FALSE;
  }
  if (g_utf8_validate_len (text, length, NULL))
    return TRUE;
  g_set_error_literal (error, ENGINEIO_ERROR, ENGINEIO_ERROR_UTF8, "text that is not UTF-8");
  return FALSE;
}

EngineioPacket *
engineio_packet_parse (const guint8 *data, gsize length, gboolean binary, gsize max_payload, GError **error)
{
  if (!check_size (length, max_payload, error))
    return NULL;
  if (binary)
    return packet_new (ENGINEIO_MESSAGE, TRUE, g_bytes_new (data, length));
  if (!check_text ((const char *) data, length, error))
    return NULL;
  return parse_text ((const char *) data, length, error);
}

GBytes *
engineio_packet_write (const EngineioPacket *packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packet->data, &size);

  if (packet->binary)
    return g_bytes_ref (packet->data);
  guint8 *out = g_malloc (size + 1);
  out[0] = (guint8) ('0' + packet->type);
  if (size > 0)
    memcpy (out + 1, data, size);
  return g_bytes_new_take (out, size + 1);
}

static EngineioPacket *
parse_payload_item (const char *text, gsize length, GError **error)
{
  if (length == 0 || *text != 'b')
    return parse_text (text, length, error);
  GBytes *data = base64_decode_strict (text + 1, length - 1);
  if (data == NULL) {
    g_set_error_literal (error, ENGINEIO_ERROR, ENGINEIO_ERROR_BASE64, "a binary packet that is not base64");
    return NULL;
  }
  return packet_new (ENGINEIO_MESSAGE, TRUE, data);
}

GPtrArray *
engineio_payload_parse (const char *data, gsize length, gsize max_payload, guint max_packets, GError **error)
{
  g_autoptr (GPtrArray) packets = g_ptr_array_new_with_free_func ((GDestroyNotify) engineio_packet_free);

  if (!check_size (length, max_payload, error) || !check_text (data, length, error))
    return NULL;
  const char *end = data + length;
  for (const char *at = data;; at++) {
    const char *stop = memchr (at, SEPARATOR, end - at);
    if (stop == NULL)
      stop = end;
    if (packets->len >= max_packets) {
      g_set_error (error, ENGINEIO_ERROR, ENGINEIO_ERROR_TOO_MANY, "more than %u packets in one body", max_packets);
      return NULL;
    }
    EngineioPacket *packet = parse_payload_item (at, stop - at, error);
    if (packet == NULL)
      return NULL;
    g_ptr_array_add (packets, packet);
    if (stop == end)
      return g_steal_pointer (&packets);
    at = stop;
  }
}

void
engineio_payload_append (GString *payload, const EngineioPacket *packet)
{
  gsize size;
  const char *data = g_bytes_get_data (packet->data, &size);

  if (payload->len > 0)
    g_string_append_c (payload, SEPARATOR);
  if (packet->binary) {
    g_autofree char *base64 = g_base64_encode ((const guchar *) data, size);
    g_string_append_c (payload, 'b');
    g_string_append (payload, base64);
  } else {
    g_string_append_c (payload, (char) ('0' + packet->type));
    g_string_append_len (payload, data, size);
  }
}

char *
engineio_handshake_write (const EngineioHandshake *handshake)
{
  GString *out = g_string_new ("{\"sid\":");

  json_append_quoted (out, handshake->sid);
  g_string_append_printf (out, ",\"upgrades\":[%s],\"pingInterval\":%u,\"pingTimeout\":%u,\"maxPayload\":%u}",
      handshake->upgrade_websocket ? "\"websocket\"" : "", handshake->ping_interval_ms, handshake->ping_timeout_ms,
      handshake->max_payload);
  return g_string_free (out, FALSE);
}

static gboolean
read_sid (const JsonSlice *value, EngineioHandshake *handshake)
{
  g_free (handshake->sid);
  handshake->sid = json_slice_to_string (value);
  return handshake->sid != NULL && *handshake->sid != '\0' && strlen (handshake->sid) <= MAX_SID;
}

static gboolean
read_upgrades (const JsonSlice *value, EngineioHandshake *handshake)
{
  JsonWalk walk;
  JsonSlice name, item;

  if (!json_walk_open (&walk, value->text, value->length) || walk.object)
    return FALSE;
  handshake->upgrade_websocket = FALSE;
  while (json_walk_next (&walk, &name, &item))
    handshake->upgrade_websocket |= json_slice_is_string (&item, "websocket");
  return TRUE;
}

static gboolean
read_number (const JsonSlice *value, guint *number)
{
  gint64 read;

  if (!json_slice_to_int (value, 1, G_MAXINT, &read))
    return FALSE;
  *number = (guint) read;
  return TRUE;
}

/* One member; those that we don't know are fine. */
static gboolean
read_member (const JsonSlice *name, const JsonSlice *value, EngineioHandshake *handshake)
{
  if (json_slice_is_string (name, "sid"))
    return read_sid (value, handshake);
  if (json_slice_is_string (name, "upgrades"))
    return read_upgrades (value, handshake);
  if (json_slice_is_string (name, "pingInterval"))
    return read_number (value, &handshake->ping_interval_ms);
  if (json_slice_is_string (name, "pingTimeout"))
    return read_number (value, &handshake->ping_timeout_ms);
  if (json_slice_is_string (name, "maxPayload"))
    return read_number (value, &handshake->max_payload);
  return TRUE;
}

static gboolean
read_handshake (const char *json, gsize length, EngineioHandshake *handshake)
{
  JsonWalk walk;
  JsonSlice name, value;

  if (!json_check (json, length, JSON_CHECK_MAX_DEPTH, NULL) || !json_walk_open (&walk, json, length) || !walk.object)
    return FALSE;
  while (json_walk_next (&walk, &name, &value)) {
    if (!read_member (&name, &value, handshake))
      return FALSE;
  }
  return handshake->sid != NULL && handshake->ping_interval_ms > 0 && handshake->ping_timeout_ms > 0;
}

gboolean
engineio_handshake_parse (const char *json, gsize length, EngineioHandshake *handshake, GError **error)
{
  EngineioHandshake read = {.max_payload = DEFAULT_MAX_PAYLOAD};

  if (!read_handshake (json, length, &read)) {
    engineio_handshake_clear (&read);
    g_set_error_literal (error, ENGINEIO_ERROR, ENGINEIO_ERROR_HANDSHAKE, "an open packet that is no handshake");
    return FALSE;
  }
  *handshake = read;
  return TRUE;
}

void
engineio_handshake_clear (EngineioHandshake *handshake)
{
  g_clear_pointer (&handshake->sid, g_free);
}
