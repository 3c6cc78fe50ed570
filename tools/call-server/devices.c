/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/devices.h"

#include "tools/call-server/ice.h"
#include "tools/call-server/json.h"

#include <string.h>

static gboolean
is_active (const Seat *seat)
{
  return seat->call->record->state == CALL_STATE_ACTIVE;
}

static gboolean
is_caller (const Seat *seat)
{
  return seat == &seat->call->seats[SEAT_CALLER];
}

/* While it rings, only the caller is in the call. */
static gboolean
is_in_call (const Seat *seat)
{
  return is_active (seat) || is_caller (seat);
}

JsonObject *
devices_media (gboolean offer)
{
  JsonObject *media = json_object_new ();
  json_object_set_string_member (media, "mode", "direct");
  json_object_set_boolean_member (media, "offer", offer);
  return media;
}

/* ---- sending ---- */

void
devices_tell (Seat *seat, const char *event, JsonObject *body)
{
  if (seat->device == NULL) {
    user_emit (seat->user, event, body, NULL);
    return;
  }
  g_autofree char *text = json_object_to_text (body);
  transport_socket_emit (seat->device, event, text, NULL);
}

/* When it is not known which device answered (it did so by REST), none must be told yet: the one that did would take
 * it for the end of its call. For a call that was declined it does not matter. */
void
devices_tell_others (Seat *seat, const TransportSocket *device, const char *event, JsonObject *body)
{
  if (device == NULL)
    device = seat->device;
  if (device == NULL && (is_active (seat) || seat->user->sockets->len < 2))
    return;
  seat->others_told_us = g_get_monotonic_time ();
  user_emit (seat->user, event, body, device);
}

static gboolean
can_receive (const Seat *seat)
{
  return is_active (seat) && (seat->device != NULL || (seat->user->sockets->len > 0 && seat->grace == NULL));
}

static void
send_signal (Seat *seat, const char *body)
{
  if (seat->device != NULL) {
    transport_socket_emit (seat->device, "call-signal", body, NULL);
    return;
  }
  for (guint i = seat->user->sockets->len; i-- > 0;)
    transport_socket_emit (g_ptr_array_index (seat->user->sockets, i), "call-signal", body, NULL);
}

gboolean
devices_signal (Seat *to, const char *body)
{
  gsize size = strlen (body);
  if (can_receive (to)) {
    send_signal (to, body);
    return TRUE;
  }
  if (to->signals.length >= DEVICES_MAX_SIGNALS || to->signal_bytes + size > DEVICES_MAX_SIGNAL_BYTES)
    return FALSE;
  g_queue_push_tail (&to->signals, g_strdup (body));
  to->signal_bytes += size;
  return TRUE;
}

static void
flush_signals (Seat *seat)
{
  while (can_receive (seat) && !g_queue_is_empty (&seat->signals)) {
    g_autofree char *body = g_queue_pop_head (&seat->signals);
    seat->signal_bytes -= strlen (body);
    send_signal (seat, body);
  }
}

static char *
incoming_text (const LiveCall *call)
{
  const CallRecord *record = call->record;
  g_autoptr (JsonObject) body = json_object_new ();
  json_object_set_string_member (body, "callId", record->id);
  json_object_set_object_member (body, "caller", user_record_to_json (&record->caller));
  json_object_set_string_member (body, "channelName", record->channel);
  json_object_set_string_member (body, "callType", record->type);
  json_object_set_array_member (body, "iceServers", ice_servers_for (call->server->options, record->receiver.id));
  json_object_set_object_member (body, "media", devices_media (FALSE));
  return json_object_to_text (body);
}

void
devices_ring (LiveCall *call)
{
  const User *receiver = call->seats[SEAT_RECEIVER].user;
  g_autofree char *text = incoming_text (call);
  for (guint i = receiver->sockets->len; i-- > 0;)
    transport_socket_emit (g_ptr_array_index (receiver->sockets, i), "incoming-call", text, NULL);
}

/* ---- binding ---- */

static void
take_device (Seat *seat, TransportSocket *socket)
{
  live_stop_grace (seat);
  if (seat->device != socket) {
    g_clear_pointer (&seat->device, transport_socket_unref);
    seat->device = transport_socket_ref (socket);
  }
  flush_signals (seat);
}

void
devices_bind (Seat *seat, TransportSocket *socket)
{
  if (!is_caller (seat) && is_active (seat) && seat->others_told_us == 0)
    live_tell_answered_elsewhere (seat->call, socket);
  if (seat->device != socket || seat->grace != NULL)
    take_device (seat, socket);
}

void
devices_bind_only (Seat *seat)
{
  if (seat->device == NULL && seat->user->sockets->len == 1)
    take_device (seat, g_ptr_array_index (seat->user->sockets, 0));
}

void
devices_claim (Seat *seat, TransportSocket *socket)
{
  if (is_in_call (seat))
    devices_bind (seat, socket);
}

void
devices_resume (Seat *seat, TransportSocket *socket)
{
  if (seat->grace != NULL && is_in_call (seat))
    take_device (seat, socket);
}

void
devices_call_active (LiveCall *call)
{
  for (guint i = 0; i < G_N_ELEMENTS (call->seats); i++) {
    Seat *seat = &call->seats[i];
    devices_bind_only (seat);
    if (seat->user->sockets->len == 0 && seat->grace == NULL)
      live_start_grace (seat, g_get_real_time () / 1000);
    flush_signals (seat);
  }
}

/* ---- sockets ---- */

static void
seat_came (Seat *seat, TransportSocket *socket)
{
  if (is_in_call (seat)) {
    devices_resume (seat, socket);
    devices_bind_only (seat);
    return;
  }
  g_autofree char *text = incoming_text (seat->call);
  seat->call->record->receiver_seen = TRUE;
  transport_socket_emit (socket, "incoming-call", text, NULL);
}

void
devices_came (Server *server, User *user, TransportSocket *socket)
{
  g_ptr_array_add (user->sockets, transport_socket_ref (socket));
  if (user->sockets->len == 1)
    users_presence_changed (server, user);
  for (guint i = 0; i < user->seats->len; i++)
    seat_came (g_ptr_array_index (user->seats, i), socket);
}

static void
seat_lost (Seat *seat, const TransportSocket *socket)
{
  gboolean was_device = seat->device == socket;
  if (was_device)
    g_clear_pointer (&seat->device, transport_socket_unref);
  if (is_in_call (seat) && seat->grace == NULL && (was_device || seat->user->sockets->len == 0))
    live_start_grace (seat, g_get_real_time () / 1000);
}

void
devices_gone (Server *server, User *user, TransportSocket *socket)
{
  g_autoptr (TransportSocket) held = transport_socket_ref (socket);
  if (!g_ptr_array_remove (user->sockets, socket))
    return;
  for (guint i = 0; i < user->seats->len && !server->stopping; i++)
    seat_lost (g_ptr_array_index (user->seats, i), held);
  if (user->sockets->len == 0)
    users_presence_changed (server, user);
}
