/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/socketio.h"

#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"

#include <string.h>

/* A packet is one text message and, when it is binary, as many binary messages behind it as its text declares. In the
 * JSON an attachment is {"_placeholder":true,"num":N}:
 *
 *    [451-7["file",{"_placeholder":true,"num":0}]]   type 5, 1 attachment, ack 7
 *    (89 50 4e 47 ...)                               attachment 0
 *
 * The decoder holds a packet back until the last of its attachments is there. Nothing is allocated by what a text
 * declares, only by what came. */

#define MAX_ID_DIGITS 15        /* the integers that JavaScript counts exactly */
#define ATTACHMENT_CAPACITY 64u /* one bit each while placeholders are counted */

G_DEFINE_QUARK (socketio_error, socketio_error)

const SocketioLimits socketio_limits_default = {
    .max_attachments = SOCKETIO_MAX_ATTACHMENTS,
    .max_attachment_bytes = 1000000,
    .max_depth = JSON_CHECK_MAX_DEPTH,
    .max_nsp = 256,
};

struct SocketioDecoder
{
  SocketioLimits limits;
  SocketioPacket *pending; /* waits for `due` attachments */
  guint due;
  gsize bytes; /* of its attachments so far */
};

/* Reads a text from left to right. */
typedef struct
{
  const char *at;
  const char *end;
} Cursor;

static gboolean
fail (GError **error, SocketioError code, const char *what)
{
  g_set_error_literal (error, SOCKETIO_ERROR, code, what);
  return FALSE;
}

static gboolean
is_binary (SocketioType type)
{
  return type == SOCKETIO_BINARY_EVENT || type == SOCKETIO_BINARY_ACK;
}

static gboolean
is_event (SocketioType type)
{
  return type == SOCKETIO_EVENT || type == SOCKETIO_BINARY_EVENT;
}

static gboolean
is_ack (SocketioType type)
{
  return type == SOCKETIO_ACK || type == SOCKETIO_BINARY_ACK;
}

/* ---- packets ---- */

SocketioPacket *
socketio_packet_new (SocketioType type, const char *nsp, gint64 id, const char *json)
{
  SocketioPacket *packet = g_new0 (SocketioPacket, 1);

  packet->type = type;
  packet->nsp = g_strdup (nsp != NULL ? nsp : "/");
  packet->id = id;
  packet->json = g_strdup (json);
  packet->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return packet;
}

void
socketio_packet_free (SocketioPacket *packet)
{
  if (packet == NULL)
    return;
  g_free (packet->nsp);
  g_free (packet->json);
  g_ptr_array_unref (packet->attachments);
  g_free (packet);
}

char *
socketio_packet_write (const SocketioPacket *packet)
{
  GString *out = g_string_new (NULL);

  g_string_append_c (out, (char) ('0' + packet->type));
  if (is_binary (packet->type))
    g_string_append_printf (out, "%u-", packet->attachments->len);
  if (g_strcmp0 (packet->nsp, "/") != 0)
    g_string_append_printf (out, "%s,", packet->nsp);
  if (packet->id != SOCKETIO_NO_ID)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, packet->id);
  if (packet->json != NULL)
    g_string_append (out, packet->json);
  return g_string_free (out, FALSE);
}

SocketioPacket *
socketio_event_new (const char *nsp, const char *name, const char *args_json, gint64 id)
{
  g_autoptr (GString) json = g_string_new ("[");

  json_append_quoted (json, name);
  if (args_json != NULL && *args_json != '\0')
    g_string_append_printf (json, ",%s", args_json);
  g_string_append_c (json, ']');
  return socketio_packet_new (SOCKETIO_EVENT, nsp, id, json->str);
}

gboolean
socketio_event_split (const SocketioPacket *packet, char **name, char **args_json)
{
  JsonWalk walk;
  JsonSlice key, first;

  if (!is_event (packet->type) || packet->json == NULL || !json_walk_open (&walk, packet->json, strlen (packet->json)))
    return FALSE;
  if (walk.object || !json_walk_next (&walk, &key, &first) || *first.text != '"')
    return FALSE;
  JsonSlice rest = json_walk_rest (&walk);
  *name = json_slice_to_string (&first);
  *args_json = g_strdup_printf ("[%.*s]", (int) rest.length, rest.text);
  return TRUE;
}

char *
socketio_args_nth (const char *args_json, guint n)
{
  JsonWalk walk;
  JsonSlice key, value;

  if (args_json == NULL || !json_walk_open (&walk, args_json, strlen (args_json)) || walk.object)
    return NULL;
  while (json_walk_next (&walk, &key, &value)) {
    if (n-- == 0)
      return g_strndup (value.text, value.length);
  }
  return NULL;
}

/* ---- the head of a text: type, attachments, namespace, id ---- */

/* Up to @max_digits decimal digits. FALSE: more than that. None leave @value as it is. */
static gboolean
take_number (Cursor *cursor, guint max_digits, gint64 *value)
{
  const char *from = cursor->at;
  gint64 number = 0;

  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at)) {
    if (cursor->at - from == max_digits)
      return FALSE;
    number = number * 10 + (*cursor->at++ - '0');
  }
  if (cursor->at > from)
    *value = number;
  return TRUE;
}

static gboolean
take_type (Cursor *cursor, SocketioType *type, GError **error)
{
  char digit = *cursor->at++;
  if (digit < '0' + SOCKETIO_CONNECT || digit > '0' + SOCKETIO_BINARY_ACK)
    return fail (error, SOCKETIO_ERROR_TYPE, "an unknown packet type");
  *type = (SocketioType) (digit - '0');
  return TRUE;
}

static gboolean
take_attachments (Cursor *cursor, guint max_attachments, guint *count, GError **error)
{
  gint64 number = -1;

  if (!take_number (cursor, 3, &number) || number > MIN (max_attachments, ATTACHMENT_CAPACITY))
    return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "too many attachments");
  if (number < 0 || cursor->at == cursor->end || *cursor->at != '-')
    return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "a binary packet without a count of attachments");
  cursor->at++;
  *count = (guint) number;
  return TRUE;
}

static gboolean
take_namespace (Cursor *cursor, gsize max_nsp, char **nsp, GError **error)
{
  const char *from = cursor->at;

  if (from == cursor->end || *from != '/') {
    *nsp = g_strdup ("/");
    return TRUE;
  }
  while (cursor->at < cursor->end && *cursor->at != ',') {
    if ((gsize) (cursor->at - from) >= max_nsp || g_ascii_iscntrl (*cursor->at))
      return fail (error, SOCKETIO_ERROR_NAMESPACE, "a namespace that is too long or holds control characters");
    cursor->at++;
  }
  *nsp = g_strndup (from, cursor->at - from);
  if (cursor->at < cursor->end)
    cursor->at++;
  return TRUE;
}

static gboolean
take_id (Cursor *cursor, SocketioType type, gint64 *id, GError **error)
{
  if (!take_number (cursor, MAX_ID_DIGITS, id))
    return fail (error, SOCKETIO_ERROR_SYNTAX, "an ack id with too many digits");
  if (is_ack (type) && *id == SOCKETIO_NO_ID)
    return fail (error, SOCKETIO_ERROR_SYNTAX, "an ack without an id");
  if (*id != SOCKETIO_NO_ID && !is_ack (type) && !is_event (type))
    return fail (error, SOCKETIO_ERROR_SYNTAX, "an ack id where none can be");
  return TRUE;
}

/* ---- the payload ---- */

static gboolean
check_event (const char *json, gsize length, GError **error)
{
  static const char *const reserved[] = {
      "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", NULL};
  JsonWalk walk;
  JsonSlice key, first;

  json_walk_open (&walk, json, length);
  if (!json_walk_next (&walk, &key, &first) || *first.text != '"')
    return fail (error, SOCKETIO_ERROR_PAYLOAD, "an event without a name");
  g_autofree char *name = json_slice_to_string (&first);
  if (g_strv_contains (reserved, name))
    return fail (error, SOCKETIO_ERROR_RESERVED, "an event with a name that the protocol keeps");
  return TRUE;
}

/* What the payload of each type may begin with; optional: it may be absent. */
static const struct
{
  const char *first;
  gboolean optional;
} payloads[] = {
    [SOCKETIO_CONNECT] = {"{", TRUE},
    [SOCKETIO_DISCONNECT] = {"", TRUE},
    [SOCKETIO_EVENT] = {"[", FALSE},
    [SOCKETIO_ACK] = {"[", FALSE},
    [SOCKETIO_CONNECT_ERROR] = {"{\"", FALSE},
    [SOCKETIO_BINARY_EVENT] = {"[", FALSE},
    [SOCKETIO_BINARY_ACK] = {"[", FALSE},
};

static gboolean
check_payload (SocketioType type, const Cursor *cursor, guint max_depth, GError **error)
{
  gsize length = cursor->end - cursor->at;

  if (length == 0)
    return payloads[type].optional || fail (error, SOCKETIO_ERROR_PAYLOAD, "a packet without its payload");
  g_autoptr (GError) reason = NULL;
  if (!json_check (cursor->at, length, max_depth, &reason))
    return fail (error, SOCKETIO_ERROR_JSON, reason->message);
  if (strchr (payloads[type].first, *cursor->at) == NULL)
    return fail (error, SOCKETIO_ERROR_PAYLOAD, "a payload of the wrong kind");
  return !is_event (type) || check_event (cursor->at, length, error);
}

/* @at: at a `{`. An object with exactly `_placeholder`: true and `num` in either order, so it ends at the next bracket
 * of any kind, or is none: every byte is looked at once. */
static gboolean
read_placeholder (const char *at, const char *end, gint64 *num)
{
  JsonWalk walk;
  JsonSlice name, value;
  gboolean marked = FALSE, numbered = FALSE;
  const char *stop = at + 1;

  while (stop < end && strchr ("{}[]", *stop) == NULL)
    stop++;
  if (stop == end || *stop != '}' || !json_walk_open (&walk, at, stop + 1 - at))
    return FALSE;
  while (json_walk_next (&walk, &name, &value)) {
    if (json_slice_is_string (&name, "_placeholder") && json_slice_is (&value, "true"))
      marked = TRUE;
    else if (json_slice_is_string (&name, "num") && json_slice_to_int (&value, G_MININT64, G_MAXINT64, num))
      numbered = TRUE;
    else
      return FALSE;
  }
  return marked && numbered;
}

/* Every attachment has one placeholder, and the other way round. */
static gboolean
check_placeholders (const char *json, gsize length, guint attachments, GError **error)
{
  const char *end = json + length;
  guint64 seen = 0;
  guint count = 0;

  for (const char *at = json_next_object (json, end); at != NULL; at = json_next_object (at + 1, end)) {
    gint64 num;
    if (!read_placeholder (at, end, &num))
      continue;
    if (num < 0 || num >= attachments || (seen >> num & 1) != 0)
      return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "a placeholder whose number is out of range or taken");
    seen |= G_GUINT64_CONSTANT (1) << num;
    count++;
  }
  if (count != attachments)
    return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "an attachment without a placeholder");
  return TRUE;
}

/* ---- the decoder ---- */

SocketioDecoder *
socketio_decoder_new (const SocketioLimits *limits)
{
  SocketioDecoder *decoder = g_new0 (SocketioDecoder, 1);

  decoder->limits = limits != NULL ? *limits : socketio_limits_default;
  return decoder;
}

static void
drop_pending (SocketioDecoder *decoder)
{
  g_clear_pointer (&decoder->pending, socketio_packet_free);
  decoder->due = 0;
  decoder->bytes = 0;
}

void
socketio_decoder_free (SocketioDecoder *decoder)
{
  if (decoder == NULL)
    return;
  drop_pending (decoder);
  g_free (decoder);
}

static SocketioPacket *
parse_text (const SocketioLimits *limits, const char *text, gsize length, guint *attachments, GError **error)
{
  Cursor cursor = {text, text + length};
  SocketioType type;
  g_autofree char *nsp = NULL;
  gint64 id = SOCKETIO_NO_ID;

  *attachments = 0;
  if (!take_type (&cursor, &type, error)
      || (is_binary (type) && !take_attachments (&cursor, limits->max_attachments, attachments, error))
      || !take_namespace (&cursor, limits->max_nsp, &nsp, error) || !take_id (&cursor, type, &id, error)
      || !check_payload (type, &cursor, limits->max_depth, error))
    return NULL;
  gsize size = cursor.end - cursor.at;
  if (is_binary (type) && !check_placeholders (cursor.at, size, *attachments, error))
    return NULL;
  g_autofree char *json = size > 0 ? g_strndup (cursor.at, size) : NULL;
  return socketio_packet_new (type, nsp, id, json);
}

gboolean
socketio_decoder_text (
    SocketioDecoder *decoder, const char *text, gsize length, SocketioPacket **packet, GError **error)
{
  guint attachments;

  *packet = NULL;
  if (decoder->pending != NULL) {
    drop_pending (decoder);
    return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "text where an attachment is due");
  }
  if (length == 0) /* @text may be NULL */
    return fail (error, SOCKETIO_ERROR_SYNTAX, "an empty packet");
  if (!g_utf8_validate_len (text, length, NULL))
    return fail (error, SOCKETIO_ERROR_SYNTAX, "text that is not UTF-8");
  SocketioPacket *parsed = parse_text (&decoder->limits, text, length, &attachments, error);
  if (parsed == NULL)
    return FALSE;
  decoder->due = attachments;
  if (attachments > 0)
    decoder->pending = parsed;
  else
    *packet = parsed;
  return TRUE;
}

gboolean
socketio_decoder_binary (SocketioDecoder *decoder, GBytes *data, SocketioPacket **packet, GError **error)
{
  gsize size = g_bytes_get_size (data);

  *packet = NULL;
  if (decoder->pending == NULL)
    return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "an attachment where none is due");
  if (size > decoder->limits.max_attachment_bytes - decoder->bytes) {
    drop_pending (decoder);
    return fail (error, SOCKETIO_ERROR_ATTACHMENTS, "attachments that are too large");
  }
  decoder->bytes += size;
  g_ptr_array_add (decoder->pending->attachments, g_bytes_ref (data));
  if (decoder->pending->attachments->len == decoder->due) {
    *packet = g_steal_pointer (&decoder->pending);
    drop_pending (decoder);
  }
  return TRUE;
}
