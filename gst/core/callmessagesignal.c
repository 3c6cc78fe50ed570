/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessagekinds.h"

#include "gst/core/callmessagejson.h"

/* The kind `signal`: exactly one of description, candidate, renegotiate. */

static gboolean
read_description (JsonNode *node, CallSignal *signal, GError **error)
{
  static const char *const types[] = {"offer", "answer", NULL};

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "description", "is not an object");
  JsonObject *object = json_node_get_object (node);
  signal->kind = CALL_SIGNAL_DESCRIPTION;
  if (!call_json_take_string (object, "type", 1, 16, TRUE, &signal->sdp_type, error)
      || !call_json_take_string (object, "sdp", 1, CALL_MESSAGE_MAX_SDP, TRUE, &signal->sdp, error))
    return FALSE;
  return g_strv_contains (types, signal->sdp_type)
         || call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "description.type", "is neither offer nor answer");
}

static gboolean
read_mline_index (JsonObject *object, CallSignal *signal, gboolean *present, GError **error)
{
  JsonNode *node = call_json_get_member (object, "sdpMLineIndex");
  gint64 value;

  *present = node != NULL;
  if (node == NULL)
    return TRUE;
  if (!call_json_get_int (node, &value) || value < 0 || value > G_MAXUINT16)
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "sdpMLineIndex", "has a wrong type or value");
  signal->sdp_mline_index = (guint) value;
  return TRUE;
}

static gboolean
read_candidate (JsonNode *node, CallSignal *signal, GError **error)
{
  gboolean has_index;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "candidate", "is not an object");
  JsonObject *object = json_node_get_object (node);
  signal->kind = CALL_SIGNAL_CANDIDATE;
  if (!call_json_take_string (object, "candidate", 0, CALL_MESSAGE_MAX_CANDIDATE, TRUE, &signal->candidate, error)
      || !call_json_take_string (object, "sdpMid", 0, CALL_MESSAGE_MAX_ID, FALSE, &signal->sdp_mid, error)
      || !read_mline_index (object, signal, &has_index, error))
    return FALSE;
  if (*signal->candidate != '\0' && signal->sdp_mid == NULL && !has_index)
    return call_json_fail (error, CALL_MESSAGE_ERROR_MISSING, "sdpMid or sdpMLineIndex", "is missing");
  return TRUE;
}

static gboolean
read_renegotiate (JsonNode *node, CallSignal *signal, GError **error)
{
  gboolean value;

  signal->kind = CALL_SIGNAL_RENEGOTIATE;
  return (call_json_get_boolean (node, &value) && value)
         || call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "renegotiate", "is not true");
}

static gboolean
read_signal (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  static const struct
  {
    const char *name;
    gboolean (*read) (JsonNode *node, CallSignal *signal, GError **error);
  } choices[] = {
      {"description", read_description},
      {"candidate", read_candidate},
      {"renegotiate", read_renegotiate},
  };
  static const char names[] = "one of description, candidate, renegotiate";
  JsonObject *object = json_node_get_object (node);
  guint found = 0, chosen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    if (call_json_get_member (object, choices[i].name) == NULL)
      continue;
    chosen = i;
    found++;
  }
  if (found == 0)
    return call_json_fail (error, CALL_MESSAGE_ERROR_MISSING, names, "is missing");
  if (found > 1)
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "more than", names);
  return choices[chosen].read (call_json_get_member (object, choices[chosen].name), &message->signal, error);
}

static void
write_description (const CallSignal *signal, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "description");
  json_builder_begin_object (builder);
  call_json_add_string (builder, "type", signal->sdp_type);
  call_json_add_string (builder, "sdp", signal->sdp);
  json_builder_end_object (builder);
}

static void
write_candidate (const CallSignal *signal, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "candidate");
  json_builder_begin_object (builder);
  call_json_add_string (builder, "candidate", signal->candidate);
  call_json_add_string (builder, "sdpMid", signal->sdp_mid);
  call_json_add_int (builder, "sdpMLineIndex", signal->sdp_mline_index);
  json_builder_end_object (builder);
}

static void
write_signal (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (message->signal.kind == CALL_SIGNAL_DESCRIPTION)
    write_description (&message->signal, builder);
  else if (message->signal.kind == CALL_SIGNAL_CANDIDATE)
    write_candidate (&message->signal, builder);
  else if (message->signal.kind == CALL_SIGNAL_RENEGOTIATE)
    call_json_add_boolean (builder, "renegotiate", TRUE);
}

const CallKind call_kind_signal = {read_signal, write_signal};
