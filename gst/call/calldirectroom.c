/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Rooms of the direct signaller. The decisions are call_state_next()'s, as in the server; what is here is who gets
 * told what:
 *
 *   caller's device      room                       receiver's devices 1, 2
 *     call-start  ------> calling
 *     <------------ answer, incoming-call ------------> 1, 2
 *                         active <------------------- 1: call-accept
 *     <--- call-accepted, answer ---------------------> 1
 *                         call-ended(answered-elsewhere) -> 2
 *     call-signal ------------------------------------> 1      (and back: only between the two devices of the call)
 *     call-end    ------> ended
 *     <------------ answer, call-ended ---------------> 1
 *
 * A device that leaves an active call leaves its place empty; the next device of that user that asks call-active or
 * sends a signal takes it. A call whose two places have nobody left is over. Ended calls stay until the room goes with
 * its last device, so that an end after an end is answered as the server does. */

#include "gst/call/calldirectroom.h"

#include "gst/core/callstate.h"

typedef enum
{
  SIDE_CALLER,
  SIDE_RECEIVER,
  SIDE_COUNT
} Side;

typedef struct
{
  char *name;
  GHashTable *users; /* id -> User; those who left stay known */
  GHashTable *calls; /* id -> Call */
  guint devices;
} Room;

typedef struct
{
  char *id;
  GPtrArray *devices; /* (element-type CallDirectDevice), not owned */
} User;

struct CallDirectDevice
{
  Room *room;
  User *user;
  CallDirectDeliver deliver;
  gpointer user_data;
};

typedef struct
{
  char *id;
  char *channel_name;
  char *call_type;
  CallState state;
  CallEndReason reason;
  User *users[SIDE_COUNT];
  CallDirectDevice *devices[SIDE_COUNT]; /* the one that carries the call; the receiver's is set by accept */
  gint64 accept_time;
  gint64 end_time;
} Call;

static GMutex lock;
static GHashTable *rooms; /* name -> Room; NULL when there is none */

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->id);
  g_free (call->channel_name);
  g_free (call->call_type);
  g_free (call);
}

static void
user_free (gpointer data)
{
  User *user = data;

  g_ptr_array_unref (user->devices);
  g_free (user->id);
  g_free (user);
}

static void
room_free (gpointer data)
{
  Room *room = data;

  g_hash_table_unref (room->calls);
  g_hash_table_unref (room->users);
  g_free (room->name);
  g_free (room);
}

static Room *
room_get (const char *name)
{
  Room *room;

  if (!rooms)
    rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  room = g_hash_table_lookup (rooms, name);
  if (room)
    return room;
  room = g_new0 (Room, 1);
  room->name = g_strdup (name);
  room->users = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, user_free);
  room->calls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, call_free);
  g_hash_table_insert (rooms, room->name, room);
  return room;
}

static User *
room_get_user (Room *room, const char *id)
{
  User *user = g_hash_table_lookup (room->users, id);

  if (user)
    return user;
  user = g_new0 (User, 1);
  user->id = g_strdup (id);
  user->devices = g_ptr_array_new ();
  g_hash_table_insert (room->users, user->id, user);
  return user;
}

static gboolean
call_get_side (const Call *call, const User *user, Side *side)
{
  for (*side = SIDE_CALLER; *side < SIDE_COUNT; (*side)++) {
    if (call->users[*side] == user)
      return TRUE;
  }
  return FALSE;
}

static Call *
user_get_live_call (Room *room, const User *user)
{
  GHashTableIter iter;
  gpointer value;
  Side side;

  g_hash_table_iter_init (&iter, room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Call *call = value;

    if (call_state_is_live (call->state) && call_get_side (call, user, &side))
      return call;
  }
  return NULL;
}

static gint64
call_get_duration (const Call *call)
{
  if (!call->accept_time)
    return 0;
  return ((call->end_time ? call->end_time : g_get_monotonic_time ()) - call->accept_time) / G_USEC_PER_SEC;
}

/* What answers, incoming-call, call-accepted and the rows of call-active have in common. */
static CallMessage *
call_describe (const Call *call, CallMessageType type, Side reader)
{
  CallMessage *message = call_message_new (type);

  message->call_id = g_strdup (call->id);
  message->channel_name = g_strdup (call->channel_name);
  message->call_type = g_strdup (call->call_type);
  message->status = g_strdup (call_state_to_string (call->state));
  message->caller.id = g_strdup (call->users[SIDE_CALLER]->id);
  message->caller.username = g_strdup (call->users[SIDE_CALLER]->id);
  message->receiver.id = g_strdup (call->users[SIDE_RECEIVER]->id);
  message->receiver.username = g_strdup (call->users[SIDE_RECEIVER]->id);
  message->duration = call_get_duration (call);
  message->has_media = TRUE;
  message->media_mode = g_strdup ("direct");
  message->offer = reader == SIDE_CALLER;
  return message;
}

static void
device_send (CallDirectDevice *device, const CallMessage *message)
{
  device->deliver (call_message_copy (message), NULL, device->user_data);
}

static void
device_answer (CallDirectDevice *device, CallMessage *answer, gpointer tag)
{
  answer->ok = TRUE;
  device->deliver (answer, tag, device->user_data);
}

static void
device_refuse (CallDirectDevice *device, const char *code, const char *text, gpointer tag)
{
  CallMessage *answer = call_message_new (CALL_MESSAGE_ANSWER);

  answer->code = g_strdup (code);
  answer->message = g_strdup (text);
  device->deliver (answer, tag, device->user_data);
}

/* To the device of the call on that side, or to all of the user's when none carries it (yet). */
static void
call_send (Call *call, Side side, const CallMessage *message, const CallDirectDevice *except)
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
call_send_ended (Call *call, const CallDirectDevice *by)
{
  g_autoptr (CallMessage) ended = call_message_new (CALL_MESSAGE_CALL_ENDED);

  ended->call_id = g_strdup (call->id);
  ended->by = by ? g_strdup (by->user->id) : NULL;
  ended->reason = g_strdup (call_end_reason_to_string (call->reason));
  ended->duration = call_get_duration (call);
  for (Side side = SIDE_CALLER; side < SIDE_COUNT; side++)
    call_send (call, side, ended, by);
}

static void
call_send_elsewhere (Call *call, const CallDirectDevice *by)
{
  g_autoptr (CallMessage) ended = call_message_new (CALL_MESSAGE_CALL_ENDED);
  GPtrArray *all = call->users[SIDE_RECEIVER]->devices;

  ended->call_id = g_strdup (call->id);
  ended->by = g_strdup (call->users[SIDE_RECEIVER]->id);
  ended->reason = g_strdup ("answered-elsewhere");
  for (guint i = 0; i < all->len; i++) {
    if (g_ptr_array_index (all, i) != by)
      device_send (g_ptr_array_index (all, i), ended);
  }
}

static void
call_send_rejected (Call *call, const CallMessage *request)
{
  g_autoptr (CallMessage) rejected = call_message_new (CALL_MESSAGE_CALL_REJECTED);

  rejected->call_id = g_strdup (call->id);
  rejected->reason = g_strdup (request && request->reason ? request->reason : call_end_reason_to_string (call->reason));
  rejected->message = g_strdup (request ? request->message : NULL);
  call_send (call, SIDE_CALLER, rejected, NULL);
}

/* Takes the state on and tells the others. @by and @request: whose request it was, NULL for a timer's event. */
static gboolean
call_apply (Call *call, CallEvent event, CallDirectDevice *by, const CallMessage *request, gpointer tag)
{
  CallTransition transition;
  Side side = SIDE_CALLER;

  if (!call_state_next (call->state, event, &transition))
    return FALSE;
  call->state = transition.state;
  call->reason = transition.reason;
  if (transition.actions & CALL_ACTION_SET_ACCEPT_TIME) {
    call->accept_time = g_get_monotonic_time ();
    call->devices[SIDE_RECEIVER] = by;
  }
  if (transition.actions & CALL_ACTION_SET_END_TIME)
    call->end_time = g_get_monotonic_time ();
  if (by && call_get_side (call, by->user, &side))
    device_answer (by, call_describe (call, CALL_MESSAGE_ANSWER, side), tag);
  if (transition.actions & CALL_ACTION_SEND_ACCEPTED) {
    g_autoptr (CallMessage) accepted = call_describe (call, CALL_MESSAGE_CALL_ACCEPTED, SIDE_CALLER);

    accepted->by = g_strdup (call->users[SIDE_RECEIVER]->id);
    call_send (call, SIDE_CALLER, accepted, NULL);
  }
  if (transition.actions & CALL_ACTION_SEND_REJECTED)
    call_send_rejected (call, request);
  if (transition.actions & CALL_ACTION_SEND_ENDED)
    call_send_ended (call, by);
  if (transition.actions & CALL_ACTION_SEND_ANSWERED_ELSEWHERE)
    call_send_elsewhere (call, by);
  return TRUE;
}

static Call *
call_new (CallDirectDevice *caller, User *receiver, const char *call_type)
{
  Call *call = g_new0 (Call, 1);
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);
  g_autofree char *digits = g_strjoinv ("", parts);

  call->id = g_uuid_string_random ();
  call->channel_name = g_strconcat ("call_", digits, NULL);
  call->call_type = g_strdup (call_type);
  call->state = CALL_STATE_CALLING;
  call->users[SIDE_CALLER] = caller->user;
  call->users[SIDE_RECEIVER] = receiver;
  call->devices[SIDE_CALLER] = caller;
  g_hash_table_insert (caller->room->calls, call->id, call);
  return call;
}

static void
handle_start (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  const char *call_type = request->call_type ? request->call_type : "audio";
  User *receiver = request->user_id ? g_hash_table_lookup (device->room->users, request->user_id) : NULL;
  g_autoptr (CallMessage) news = NULL;
  Call *call;

  if (!request->user_id || !*request->user_id)
    return device_refuse (device, "bad-request", "Target user ID is required", tag);
  if (!g_str_equal (call_type, "audio") && !g_str_equal (call_type, "video"))
    return device_refuse (device, "bad-request", "The call type is audio or video", tag);
  if (!receiver)
    return device_refuse (device, "user-not-found", "Target user not found", tag);
  if (receiver == device->user)
    return device_refuse (device, "bad-request", "You cannot call yourself", tag);
  if (user_get_live_call (device->room, receiver))
    return device_refuse (device, "user-busy", "User is busy", tag);

  call = call_new (device, receiver, call_type);
  device_answer (device, call_describe (call, CALL_MESSAGE_ANSWER, SIDE_CALLER), tag);
  if (receiver->devices->len > 0) {
    news = call_describe (call, CALL_MESSAGE_INCOMING_CALL, SIDE_RECEIVER);
    call_send (call, SIDE_RECEIVER, news, NULL);
  } else {
    news = call_message_new (CALL_MESSAGE_USER_OFFLINE);
    news->call_id = g_strdup (call->id);
    news->user_id = g_strdup (receiver->id);
    device_send (device, news);
  }
}

/* The call of a request and the asker's side in it; refuses when there is none. */
static Call *
find_call (CallDirectDevice *device, const CallMessage *request, gpointer tag, Side *side)
{
  Call *call = request->call_id ? g_hash_table_lookup (device->room->calls, request->call_id) : NULL;

  if (!call) {
    device_refuse (device, "call-not-found", "Call not found", tag);
    return NULL;
  }
  if (!call_get_side (call, device->user, side)) {
    device_refuse (device, "forbidden", "You are not in this call", tag);
    return NULL;
  }
  return call;
}

static void
handle_answer (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  gboolean accept = request->type == CALL_MESSAGE_CALL_ACCEPT;
  Side side;
  Call *call = find_call (device, request, tag, &side);

  if (!call)
    return;
  if (side != SIDE_RECEIVER)
    device_refuse (device, "forbidden", "Only the one who is called can do this", tag);
  else if (!call_apply (call, accept ? CALL_EVENT_ACCEPT : CALL_EVENT_REJECT, device, request, tag))
    device_refuse (device, "bad-state", "Call is not in calling state", tag);
}

static void
handle_end (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  Side side;
  Call *call = find_call (device, request, tag, &side);

  if (!call)
    return;
  if (!call_apply (call, side == SIDE_CALLER ? CALL_EVENT_CALLER_END : CALL_EVENT_RECEIVER_END, device, request, tag))
    device_answer (device, call_describe (call, CALL_MESSAGE_ANSWER, side), tag);
}

/* call-signal and call-quality: from the device of the call to the other device of the call. */
static void
handle_relay (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  Side side;
  Call *call = find_call (device, request, tag, &side);
  CallDirectDevice *peer;

  if (!call)
    return;
  if (call->state != CALL_STATE_ACTIVE)
    return device_refuse (device, "not-live", "Call is not active", tag);
  if (!call->devices[side])
    call->devices[side] = device;
  if (call->devices[side] != device)
    return device_refuse (device, "forbidden", "Another device of yours is in this call", tag);

  device_answer (device, call_message_new (CALL_MESSAGE_ANSWER), tag);
  peer = call->devices[side == SIDE_CALLER ? SIDE_RECEIVER : SIDE_CALLER];
  if (peer) {
    g_autoptr (CallMessage) relayed = call_message_copy (request);

    g_free (relayed->from);
    relayed->from = g_strdup (device->user->id);
    device_send (peer, relayed);
  }
}

static void
handle_active (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  CallMessage *answer = call_message_new (CALL_MESSAGE_ANSWER);
  GHashTableIter iter;
  gpointer value;
  Side side;

  answer->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_message_free);
  g_hash_table_iter_init (&iter, device->room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Call *call = value;

    if (!call_state_is_live (call->state) || !call_get_side (call, device->user, &side))
      continue;
    if (call->state == CALL_STATE_ACTIVE && !call->devices[side])
      call->devices[side] = device;
    g_ptr_array_add (answer->calls, call_describe (call, CALL_MESSAGE_CALL_ACTIVE, side));
  }
  device_answer (device, answer, tag);
}

static const struct
{
  CallMessageType type;
  void (*handle) (CallDirectDevice *device, const CallMessage *request, gpointer tag);
} handlers[] = {
    {CALL_MESSAGE_CALL_START, handle_start},
    {CALL_MESSAGE_CALL_ACCEPT, handle_answer},
    {CALL_MESSAGE_CALL_REJECT, handle_answer},
    {CALL_MESSAGE_CALL_END, handle_end},
    {CALL_MESSAGE_CALL_SIGNAL, handle_relay},
    {CALL_MESSAGE_CALL_QUALITY, handle_relay},
    {CALL_MESSAGE_CALL_ACTIVE, handle_active},
};

void
call_direct_request (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (handlers[i].type == request->type)
      return handlers[i].handle (device, request, tag);
  }
  device_refuse (device, "bad-request", "This is no request", tag);
}

void
call_direct_ring_timeout (CallDirectDevice *device, const char *call_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Call *call = g_hash_table_lookup (device->room->calls, call_id);
  gboolean offline = call && call->users[SIDE_RECEIVER]->devices->len == 0;

  if (call)
    call_apply (call, offline ? CALL_EVENT_RING_TIMEOUT_OFFLINE : CALL_EVENT_RING_TIMEOUT, NULL, NULL, NULL);
}

CallDirectDevice *
call_direct_join (const char *room, const char *user, CallDirectDeliver deliver, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  CallDirectDevice *device = g_new0 (CallDirectDevice, 1);

  device->room = room_get (room);
  device->user = room_get_user (device->room, user);
  device->deliver = deliver;
  device->user_data = user_data;
  device->room->devices++;
  g_ptr_array_add (device->user->devices, device);
  return device;
}

/* A caller who goes takes the ring timer along: the call is cancelled. An active one ends with its last device. */
static void
call_lose_device (Call *call, const CallDirectDevice *device)
{
  gboolean caller_gone;

  for (Side side = SIDE_CALLER; side < SIDE_COUNT; side++) {
    if (call->devices[side] == device)
      call->devices[side] = NULL;
  }
  caller_gone = !call->devices[SIDE_CALLER];
  if (call->state == CALL_STATE_CALLING && caller_gone)
    call_apply (call, CALL_EVENT_CALLER_END, NULL, NULL, NULL);
  else if (call->state == CALL_STATE_ACTIVE && caller_gone && !call->devices[SIDE_RECEIVER])
    call_apply (call, CALL_EVENT_GRACE_TIMEOUT, NULL, NULL, NULL);
}

void
call_direct_leave (CallDirectDevice *device)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Room *room = device->room;
  GHashTableIter iter;
  gpointer value;

  g_ptr_array_remove (device->user->devices, device);
  g_hash_table_iter_init (&iter, room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    call_lose_device (value, device);
  if (--room->devices == 0)
    g_hash_table_remove (rooms, room->name);
  if (g_hash_table_size (rooms) == 0)
    g_clear_pointer (&rooms, g_hash_table_unref);
  g_free (device);
}
