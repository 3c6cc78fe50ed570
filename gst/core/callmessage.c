/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessage.h"

#include "gst/core/callmessagejson.h"
#include "gst/core/callmessagekinds.h"
#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"

/* Two tables say it all: `fields` which JSON member is which struct member and of what kind and size, `shapes` which
 * fields a message must and may have. A message is read and written by going through the fields of its shape.
 *
 *    JSON text -> json_check() -> json-glib -> shape -> fields -> kind's read() -> CallMessage
 */

G_DEFINE_QUARK (call_message_error, call_message_error)

/* ---- the struct ---- */

#define AT(member) G_STRUCT_OFFSET (CallMessage, member)

/* What copy and free go through. */
static const gsize strings[] = {
    AT (call_id),
    AT (channel_name),
    AT (call_type),
    AT (status),
    AT (from),
    AT (by),
    AT (user_id),
    AT (reason),
    AT (message),
    AT (caller.id),
    AT (caller.username),
    AT (caller.full_name),
    AT (caller.avatar),
    AT (receiver.id),
    AT (receiver.username),
    AT (receiver.full_name),
    AT (receiver.avatar),
    AT (last_seen),
    AT (media_mode),
    AT (signal.sdp_type),
    AT (signal.sdp),
    AT (signal.candidate),
    AT (signal.sdp_mid),
    AT (quality),
    AT (code),
};

CallMessage *
call_message_new (CallMessageType type)
{
  CallMessage *message = g_new0 (CallMessage, 1);

  message->type = type;
  return message;
}

CallIceServer *
call_ice_server_new (const char *const *urls, const char *username, const char *credential)
{
  CallIceServer *server = g_new0 (CallIceServer, 1);

  server->urls = g_strdupv ((char **) urls);
  server->username = g_strdup (username);
  server->credential = g_strdup (credential);
  return server;
}

void
call_ice_server_free (CallIceServer *server)
{
  if (server == NULL)
    return;
  g_strfreev (server->urls);
  g_free (server->username);
  g_free (server->credential);
  g_free (server);
}

static gpointer
copy_ice_server (gconstpointer item, gpointer user_data)
{
  const CallIceServer *server = item;

  return call_ice_server_new ((const char *const *) server->urls, server->username, server->credential);
}

static gpointer
copy_call (gconstpointer item, gpointer user_data)
{
  return call_message_copy (item);
}

CallMessage *
call_message_copy (const CallMessage *message)
{
  CallMessage *copy = g_memdup2 (message, sizeof *message);

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    G_STRUCT_MEMBER (char *, copy, strings[i]) = g_strdup (G_STRUCT_MEMBER (char *, message, strings[i]));
  if (message->ice_servers != NULL) {
    copy->ice_servers = g_ptr_array_copy (message->ice_servers, copy_ice_server, NULL);
    g_ptr_array_set_free_func (copy->ice_servers, (GDestroyNotify) call_ice_server_free);
  }
  if (message->calls != NULL) {
    copy->calls = g_ptr_array_copy (message->calls, copy_call, NULL);
    g_ptr_array_set_free_func (copy->calls, (GDestroyNotify) call_message_free);
  }
  return copy;
}

void
call_message_free (CallMessage *message)
{
  if (message == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (G_STRUCT_MEMBER (char *, message, strings[i]));
  g_clear_pointer (&message->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&message->calls, g_ptr_array_unref);
  g_free (message);
}

/* ---- fields and shapes ---- */

typedef enum
{
  OK,
  RECORD_ID,
  CALL_ID,
  CHANNEL_NAME,
  CALL_TYPE,
  STATUS,
  FROM,
  BY,
  ENDED_BY,
  USER_ID,
  TARGET_USER_ID,
  REASON,
  MESSAGE,
  CODE,
  CALLER,
  RECEIVER,
  DURATION,
  ANSWER_DURATION,
  ONLINE,
  LAST_SEEN,
  MEDIA,
  ICE_SERVERS,
  SIGNAL,
  QUALITY,
  CALLS,
  FIELD_COUNT
} FieldId;

#define BIT(field) (1u << (field))
G_STATIC_ASSERT (FIELD_COUNT <= 32);

static const CallKind kind_calls; /* made of the fields below */
static const char *const call_types[] = {"audio", "video", NULL};

#define ID_FIELD(json, member)                                                                                         \
  {                                                                                                                    \
    .name = json, .kind = &call_kind_string, .offset = AT (member), .min = 1, .max = CALL_MESSAGE_MAX_ID               \
  }
#define TEXT_FIELD(json, member, size)                                                                                 \
  {                                                                                                                    \
    .name = json, .kind = &call_kind_string, .offset = AT (member), .max = size                                        \
  }

/* In the order in which they are written. */
static const CallField fields[FIELD_COUNT] = {
    [OK] = {.kind = &call_kind_ok},
    [RECORD_ID] = ID_FIELD ("_id", call_id),
    [CALL_ID] = ID_FIELD ("callId", call_id),
    [CHANNEL_NAME] = ID_FIELD ("channelName", channel_name),
    [CALL_TYPE] = {"callType", &call_kind_string, AT (call_type), 1, 16, call_types},
    [STATUS] = TEXT_FIELD ("status", status, 32),
    [FROM] = ID_FIELD ("from", from),
    [BY] = ID_FIELD ("by", by),
    [ENDED_BY] = ID_FIELD ("endedBy", by),
    [USER_ID] = ID_FIELD ("userId", user_id),
    [TARGET_USER_ID] = ID_FIELD ("targetUserId", user_id),
    [REASON] = TEXT_FIELD ("reason", reason, CALL_MESSAGE_MAX_TEXT),
    [MESSAGE] = TEXT_FIELD ("message", message, CALL_MESSAGE_MAX_TEXT),
    [CODE] = TEXT_FIELD ("code", code, 64),
    [CALLER] = {.name = "caller", .kind = &call_kind_user, .offset = AT (caller)},
    [RECEIVER] = {.name = "receiver", .kind = &call_kind_user, .offset = AT (receiver)},
    [DURATION] = {"duration", &call_kind_int, AT (duration), 0, G_MAXINT64, NULL},
    [ANSWER_DURATION] = {"duration", &call_kind_duration, AT (duration), 0, G_MAXINT64, NULL},
    [ONLINE] = {.name = "online", .kind = &call_kind_boolean, .offset = AT (online)},
    [LAST_SEEN] = TEXT_FIELD ("lastSeen", last_seen, 64),
    [MEDIA] = {.name = "media", .kind = &call_kind_media},
    [ICE_SERVERS] = {.name = "iceServers", .kind = &call_kind_ice_servers},
    [SIGNAL] = {.kind = &call_kind_signal},
    [QUALITY] = {.kind = &call_kind_quality},
    [CALLS] = {.name = "calls", .kind = &kind_calls},
};

typedef struct
{
  const char *name;
  guint32 required;
  guint32 optional;
} Shape;

static const Shape shapes[CALL_MESSAGE_COUNT] = {
    [CALL_MESSAGE_INCOMING_CALL] = {"incoming-call",
        BIT (CALL_ID) | BIT (CHANNEL_NAME) | BIT (CALL_TYPE) | BIT (CALLER), BIT (ICE_SERVERS) | BIT (MEDIA)},
    [CALL_MESSAGE_CALL_ACCEPTED] = {"call-accepted", BIT (CALL_ID) | BIT (CHANNEL_NAME) | BIT (BY),
        BIT (ICE_SERVERS) | BIT (MEDIA)},
    [CALL_MESSAGE_CALL_REJECTED] = {"call-rejected", BIT (CALL_ID) | BIT (REASON), BIT (MESSAGE)},
    [CALL_MESSAGE_CALL_ENDED] = {"call-ended", BIT (CALL_ID) | BIT (REASON) | BIT (DURATION), BIT (ENDED_BY)},
    [CALL_MESSAGE_USER_BUSY] = {"user-busy", BIT (CALL_ID) | BIT (USER_ID), 0},
    [CALL_MESSAGE_USER_OFFLINE] = {"user-offline", BIT (CALL_ID) | BIT (USER_ID), 0},
    [CALL_MESSAGE_USER_STATUS] = {"user-status", BIT (USER_ID) | BIT (ONLINE), BIT (LAST_SEEN)},
    [CALL_MESSAGE_CALL_MEDIA] = {"call-media", BIT (CALL_ID) | BIT (MEDIA), 0},
    [CALL_MESSAGE_CALL_SIGNAL] = {"call-signal", BIT (CALL_ID) | BIT (SIGNAL), BIT (FROM)},
    [CALL_MESSAGE_CALL_QUALITY] = {"call-quality", BIT (CALL_ID), BIT (FROM) | BIT (QUALITY)},
    [CALL_MESSAGE_CALL_START] = {"call-start", BIT (TARGET_USER_ID), BIT (CALL_TYPE)},
    [CALL_MESSAGE_CALL_ACCEPT] = {"call-accept", BIT (CALL_ID), 0},
    [CALL_MESSAGE_CALL_REJECT] = {"call-reject", BIT (CALL_ID), BIT (REASON) | BIT (MESSAGE)},
    [CALL_MESSAGE_CALL_END] = {"call-end", BIT (CALL_ID), 0},
    [CALL_MESSAGE_CALL_ACTIVE] = {"call-active", 0, BIT (CALL_ID)},
    [CALL_MESSAGE_ANSWER] = {"answer", 0,
        BIT (OK) | BIT (CALL_ID) | BIT (CHANNEL_NAME) | BIT (CALL_TYPE) | BIT (STATUS) | BIT (REASON) | BIT (MESSAGE)
            | BIT (CODE) | BIT (ANSWER_DURATION) | BIT (MEDIA) | BIT (ICE_SERVERS) | BIT (CALLS)},
};

/* One of the calls in the answer to call-active. `_id` and `callId` are the same; one of them must be there. */
static const Shape record_shape = {"call",
    BIT (CALLER) | BIT (RECEIVER) | BIT (STATUS) | BIT (CALL_TYPE) | BIT (CHANNEL_NAME),
    BIT (RECORD_ID) | BIT (CALL_ID) | BIT (DURATION) | BIT (MEDIA) | BIT (ICE_SERVERS)};

static gboolean
read_fields (const Shape *shape, JsonNode *body, CallMessage *message, GError **error)
{
  JsonObject *object = json_node_get_object (body);

  for (guint i = 0; i < FIELD_COUNT; i++) {
    const CallField *field = &fields[i];
    if (((shape->required | shape->optional) & BIT (i)) == 0)
      continue;
    JsonNode *node = field->name != NULL ? call_json_get_member (object, field->name) : body;
    if (node == NULL && (shape->required & BIT (i)) != 0)
      return call_json_fail (error, CALL_MESSAGE_ERROR_MISSING, field->name, "is missing");
    if (node != NULL && !field->kind->read (field, node, message, error))
      return FALSE;
  }
  return TRUE;
}

static void
write_fields (const Shape *shape, const CallMessage *message, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  for (guint i = 0; i < FIELD_COUNT; i++) {
    if (((shape->required | shape->optional) & BIT (i)) != 0)
      fields[i].kind->write (&fields[i], message, builder);
  }
  json_builder_end_object (builder);
}

/* ---- kind: calls ---- */

static CallMessage *
read_call (JsonNode *node, GError **error)
{
  g_autoptr (CallMessage) call = call_message_new (CALL_MESSAGE_CALL_ACTIVE);

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "calls", "holds something else than objects");
    return NULL;
  }
  if (!read_fields (&record_shape, node, call, error))
    return NULL;
  if (call->call_id == NULL) {
    call_json_fail (error, CALL_MESSAGE_ERROR_MISSING, "callId", "is missing");
    return NULL;
  }
  return g_steal_pointer (&call);
}

static gboolean
read_calls (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) > CALL_MESSAGE_MAX_CALLS)
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "calls", "is not an array, or too long");
  JsonArray *array = json_node_get_array (node);
  message->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_message_free);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    CallMessage *call = read_call (json_array_get_element (array, i), error);
    if (call == NULL)
      return FALSE;
    g_ptr_array_add (message->calls, call);
  }
  return TRUE;
}

static void
write_calls (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (message->calls == NULL)
    return;
  json_builder_set_member_name (builder, field->name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < message->calls->len; i++)
    write_fields (&record_shape, g_ptr_array_index (message->calls, i), builder);
  json_builder_end_array (builder);
}

static const CallKind kind_calls = {read_calls, write_calls};

/* ---- public ---- */

const char *
call_message_type_to_string (CallMessageType type)
{
  return (guint) type < CALL_MESSAGE_COUNT ? shapes[type].name : NULL;
}

gboolean
call_message_type_from_string (const char *name, CallMessageType *type)
{
  for (guint i = 0; i < CALL_MESSAGE_ANSWER; i++) {
    if (g_strcmp0 (shapes[i].name, name) == 0) {
      *type = (CallMessageType) i;
      return TRUE;
    }
  }
  return FALSE;
}

static JsonNode *
parse_json (const char *json, gsize length, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  if (!json_check (json, length, JSON_CHECK_MAX_DEPTH, &reason)
      || !json_parser_load_from_data (parser, json, (gssize) length, &reason)) {
    call_json_fail (error, CALL_MESSAGE_ERROR_JSON, "no JSON:", reason->message);
    return NULL;
  }
  return json_parser_steal_root (parser);
}

/* GET /api/calls/active answers with the array itself. */
static gboolean
read_body (CallMessage *message, JsonNode *body, GError **error)
{
  if (message->type == CALL_MESSAGE_ANSWER && JSON_NODE_HOLDS_ARRAY (body)) {
    message->ok = TRUE;
    return read_calls (&fields[CALLS], body, message, error);
  }
  if (!JSON_NODE_HOLDS_OBJECT (body))
    return call_json_fail (error, CALL_MESSAGE_ERROR_JSON, "the body", "is not an object");
  return read_fields (&shapes[message->type], body, message, error);
}

CallMessage *
call_message_parse (CallMessageType type, const char *json, gsize length, GError **error)
{
  g_return_val_if_fail ((guint) type < CALL_MESSAGE_COUNT, NULL);

  g_autoptr (CallMessage) message = call_message_new (type);
  g_autoptr (JsonNode) body = length > 0 ? parse_json (json, length, error) : parse_json ("{}", 2, error);
  if (body == NULL || !read_body (message, body, error))
    return NULL;
  if (type == CALL_MESSAGE_CALL_START && message->call_type == NULL)
    message->call_type = g_strdup ("audio");
  return g_steal_pointer (&message);
}

char *
call_message_write (const CallMessage *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  write_fields (&shapes[message->type], message, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_mend_exponents (json_to_string (root, FALSE));
}
