/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/calldirectcall.h"

#define MAX_WAITING 64

static void
clear_waiting (gpointer message)
{
  call_message_free (message);
}

void
call_direct_call_free (CallDirectCall *call)
{
  for (CallDirectSide side = CALL_DIRECT_CALLER; side < CALL_DIRECT_SIDES; side++)
    g_queue_clear_full (&call->waiting[side], clear_waiting);
  g_free (call->id);
  g_free (call->channel_name);
  g_free (call->call_type);
  g_free (call);
}

gboolean
call_direct_call_get_side (const CallDirectCall *call, const CallDirectUser *user, CallDirectSide *side)
{
  for (*side = CALL_DIRECT_CALLER; *side < CALL_DIRECT_SIDES; (*side)++) {
    if (call->users[*side] == user)
      return TRUE;
  }
  return FALSE;
}

static gint64
call_get_duration (const CallDirectCall *call)
{
  if (!call->accept_time)
    return 0;
  return ((call->end_time ? call->end_time : g_get_monotonic_time ()) - call->accept_time) / G_USEC_PER_SEC;
}

CallMessage *
call_direct_call_describe (const CallDirectCall *call, CallMessageType type, CallDirectSide reader)
{
  CallMessage *message = call_message_new (type);

  message->call_id = g_strdup (call->id);
  message->channel_name = g_strdup (call->channel_name);
  message->call_type = g_strdup (call->call_type);
  message->status = g_strdup (call_state_to_string (call->state));
  message->caller.id = g_strdup (call->users[CALL_DIRECT_CALLER]->id);
  message->caller.username = g_strdup (call->users[CALL_DIRECT_CALLER]->id);
  message->receiver.id = g_strdup (call->users[CALL_DIRECT_RECEIVER]->id);
  message->receiver.username = g_strdup (call->users[CALL_DIRECT_RECEIVER]->id);
  message->duration = call_get_duration (call);
  message->has_media = TRUE;
  message->media_mode = g_strdup ("direct");
  message->offer = reader == CALL_DIRECT_CALLER;
  return message;
}

static void
device_send (CallDirectDevice *device, const CallMessage *message)
{
  device->deliver (call_message_copy (message), NULL, device->user_data);
}

void
call_direct_answer (CallDirectDevice *device, CallMessage *answer, gpointer tag)
{
  answer->ok = TRUE;
  device->deliver (answer, tag, device->user_data);
}

/* To the device of the call on that side, or to all of the user's when none carries it (yet). */
static void
call_send (CallDirectCall *call, CallDirectSide side, const CallMessage *message, const CallDirectDevice *except)
{
  GPtrArray *all = call->users[side]->devices;

  if (call->devices[side]) {
    if (call->devices[side] != except)
      device_send (call->devices[side], message);
    return;
  }
  for (guint i = 0; i < all->len; i++) {
    if (g_ptr_array_index (all, i) != except)
      device_send (g_ptr_array_index (all, i), message);
  }
}

static void
call_send_ended (CallDirectCall *call, const CallDirectDevice *by)
{
  g_autoptr (CallMessage) ended = call_message_new (CALL_MESSAGE_CALL_ENDED);

  ended->call_id = g_strdup (call->id);
  ended->by = by ? g_strdup (by->user->id) : NULL;
  ended->reason = g_strdup (call_end_reason_to_string (call->reason));
  ended->duration = call_get_duration (call);
  for (CallDirectSide side = CALL_DIRECT_CALLER; side < CALL_DIRECT_SIDES; side++)
    call_send (call, side, ended, by);
}

static void
call_send_elsewhere (CallDirectCall *call, const CallDirectDevice *by)
{
  g_autoptr (CallMessage) ended = call_message_new (CALL_MESSAGE_CALL_ENDED);
  GPtrArray *all = call->users[CALL_DIRECT_RECEIVER]->devices;

  ended->call_id = g_strdup (call->id);
  ended->by = g_strdup (call->users[CALL_DIRECT_RECEIVER]->id);
  ended->reason = g_strdup ("answered-elsewhere");
  for (guint i = 0; i < all->len; i++) {
    if (g_ptr_array_index (all, i) != by)
      device_send (g_ptr_array_index (all, i), ended);
  }
}

static void
call_send_rejected (CallDirectCall *call, const CallMessage *request)
{
  g_autoptr (CallMessage) rejected = call_message_new (CALL_MESSAGE_CALL_REJECTED);

  rejected->call_id = g_strdup (call->id);
  rejected->reason = g_strdup (request && request->reason ? request->reason : call_end_reason_to_string (call->reason));
  rejected->message = g_strdup (request ? request->message : NULL);
  call_send (call, CALL_DIRECT_CALLER, rejected, NULL);
}

static gboolean
is_in_call (const CallDirectCall *call, CallDirectSide side)
{
  return call->state == CALL_STATE_ACTIVE || (call->state == CALL_STATE_CALLING && side == CALL_DIRECT_CALLER);
}

static void
flush_waiting (CallDirectCall *call, CallDirectSide side)
{
  CallMessage *message;

  if (call->state != CALL_STATE_ACTIVE || !call->devices[side])
    return;
  while ((message = g_queue_pop_head (&call->waiting[side])))
    call->devices[side]->deliver (message, NULL, call->devices[side]->user_data);
}

gboolean
call_direct_call_apply (
    CallDirectCall *call, CallEvent event, CallDirectDevice *by, const CallMessage *request, gpointer tag)
{
  CallTransition transition;
  CallDirectSide side = CALL_DIRECT_CALLER;

  if (!call_state_next (call->state, event, &transition))
    return FALSE;
  call->state = transition.state;
  call->reason = transition.reason;
  if (transition.actions & CALL_ACTION_SET_ACCEPT_TIME) {
    call->accept_time = g_get_monotonic_time ();
    call->devices[CALL_DIRECT_RECEIVER] = by;
  }
  if (transition.actions & CALL_ACTION_SET_END_TIME)
    call->end_time = g_get_monotonic_time ();
  if (by && call_direct_call_get_side (call, by->user, &side))
    call_direct_answer (by, call_direct_call_describe (call, CALL_MESSAGE_ANSWER, side), tag);
  if (transition.actions & CALL_ACTION_SEND_ACCEPTED) {
    g_autoptr (CallMessage) accepted = call_direct_call_describe (call, CALL_MESSAGE_CALL_ACCEPTED, CALL_DIRECT_CALLER);

    accepted->by = g_strdup (call->users[CALL_DIRECT_RECEIVER]->id);
    call_send (call, CALL_DIRECT_CALLER, accepted, NULL);
  }
  if (transition.actions & CALL_ACTION_SEND_REJECTED)
    call_send_rejected (call, request);
  if (transition.actions & CALL_ACTION_SEND_ENDED)
    call_send_ended (call, by);
  if (transition.actions & CALL_ACTION_SEND_ANSWERED_ELSEWHERE)
    call_send_elsewhere (call, by);
  flush_waiting (call, CALL_DIRECT_CALLER);
  flush_waiting (call, CALL_DIRECT_RECEIVER);
  return TRUE;
}

CallDirectCall *
call_direct_call_new (CallDirectDevice *caller, CallDirectUser *receiver, const char *call_type)
{
  CallDirectCall *call = g_new0 (CallDirectCall, 1);
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);
  g_autofree char *digits = g_strjoinv ("", parts);

  call->id = g_uuid_string_random ();
  call->channel_name = g_strconcat ("call_", digits, NULL);
  call->call_type = g_strdup (call_type);
  call->state = CALL_STATE_CALLING;
  call->users[CALL_DIRECT_CALLER] = caller->user;
  call->users[CALL_DIRECT_RECEIVER] = receiver;
  call->devices[CALL_DIRECT_CALLER] = caller;
  return call;
}

void
call_direct_call_ring (CallDirectCall *call)
{
  g_autoptr (CallMessage) news = NULL;

  if (call->users[CALL_DIRECT_RECEIVER]->devices->len > 0) {
    news = call_direct_call_describe (call, CALL_MESSAGE_INCOMING_CALL, CALL_DIRECT_RECEIVER);
    call_send (call, CALL_DIRECT_RECEIVER, news, NULL);
    return;
  }
  news = call_message_new (CALL_MESSAGE_USER_OFFLINE);
  news->call_id = g_strdup (call->id);
  news->user_id = g_strdup (call->users[CALL_DIRECT_RECEIVER]->id);
  call_send (call, CALL_DIRECT_CALLER, news, NULL);
}

void
call_direct_call_bind (CallDirectCall *call, CallDirectSide side, CallDirectDevice *device)
{
  call->devices[side] = device;
  flush_waiting (call, side);
}

gboolean
call_direct_call_relay (CallDirectCall *call, CallDirectSide from, const CallMessage *message)
{
  CallDirectSide to = from == CALL_DIRECT_CALLER ? CALL_DIRECT_RECEIVER : CALL_DIRECT_CALLER;
  CallMessage *relayed;

  if (call->waiting[to].length >= MAX_WAITING)
    return FALSE;
  relayed = call_message_copy (message);
  g_free (relayed->from);
  relayed->from = g_strdup (call->users[from]->id);
  g_queue_push_tail (&call->waiting[to], relayed);
  flush_waiting (call, to);
  return TRUE;
}

void
call_direct_call_device_came (CallDirectCall *call, CallDirectDevice *device)
{
  g_autoptr (CallMessage) incoming = NULL;
  CallDirectSide side;

  if (!call_state_is_live (call->state) || !call_direct_call_get_side (call, device->user, &side))
    return;
  if (is_in_call (call, side)) {
    if (!call->devices[side])
      call_direct_call_bind (call, side, device);
    return;
  }
  incoming = call_direct_call_describe (call, CALL_MESSAGE_INCOMING_CALL, side);
  device_send (device, incoming);
}

/* A caller who goes takes the ring timer along: the call is cancelled. An active one ends with its last device. */
void
call_direct_call_device_gone (CallDirectCall *call, const CallDirectDevice *device)
{
  gboolean caller_gone;

  for (CallDirectSide side = CALL_DIRECT_CALLER; side < CALL_DIRECT_SIDES; side++) {
    if (call->devices[side] == device)
      call->devices[side] = NULL;
  }
  caller_gone = !call->devices[CALL_DIRECT_CALLER];
  if (call->state == CALL_STATE_CALLING && caller_gone)
    call_direct_call_apply (call, CALL_EVENT_CALLER_END, NULL, NULL, NULL);
  else if (call->state == CALL_STATE_ACTIVE && caller_gone && !call->devices[CALL_DIRECT_RECEIVER])
    call_direct_call_apply (call, CALL_EVENT_GRACE_TIMEOUT, NULL, NULL, NULL);
}
