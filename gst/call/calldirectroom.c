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
 * A device that leaves an active call leaves its place empty; the next device of that user that comes or sends a signal
 * takes it, and the signals that waited for it. A call whose two places have nobody left is over. Ended calls stay
 * until the room goes with its last device, so that an end after an end is answered as the server does. */

#include "gst/call/calldirectroom.h"

#include "gst/call/calldirectcall.h"

typedef struct CallDirectRoom
{
  char *name;
  GHashTable *users; /* id -> CallDirectUser; those who left stay known */
  GHashTable *calls; /* id -> CallDirectCall */
  guint devices;
} CallDirectRoom;

static GMutex lock;
static GHashTable *rooms; /* name -> CallDirectRoom; NULL when there is none */

static void
call_free (gpointer call)
{
  call_direct_call_free (call);
}

static void
user_free (gpointer data)
{
  CallDirectUser *user = data;

  g_ptr_array_unref (user->devices);
  g_free (user->id);
  g_free (user);
}

static void
room_free (gpointer data)
{
  CallDirectRoom *room = data;

  g_hash_table_unref (room->calls);
  g_hash_table_unref (room->users);
  g_free (room->name);
  g_free (room);
}

static CallDirectRoom *
room_get (const char *name)
{
  CallDirectRoom *room;

  if (!rooms)
    rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  room = g_hash_table_lookup (rooms, name);
  if (room)
    return room;
  room = g_new0 (CallDirectRoom, 1);
  room->name = g_strdup (name);
  room->users = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, user_free);
  room->calls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, call_free);
  g_hash_table_insert (rooms, room->name, room);
  return room;
}

static CallDirectUser *
room_get_user (CallDirectRoom *room, const char *id)
{
  CallDirectUser *user = g_hash_table_lookup (room->users, id);

  if (user)
    return user;
  user = g_new0 (CallDirectUser, 1);
  user->id = g_strdup (id);
  user->devices = g_ptr_array_new ();
  g_hash_table_insert (room->users, user->id, user);
  return user;
}

static CallDirectCall *
user_get_live_call (CallDirectRoom *room, const CallDirectUser *user)
{
  GHashTableIter iter;
  gpointer value;
  CallDirectSide side;

  g_hash_table_iter_init (&iter, room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CallDirectCall *call = value;

    if (call_state_is_live (call->state) && call_direct_call_get_side (call, user, &side))
      return call;
  }
  return NULL;
}

static void
device_refuse (CallDirectDevice *device, const char *code, const char *text, gpointer tag)
{
  CallMessage *answer = call_message_new (CALL_MESSAGE_ANSWER);

  answer->code = g_strdup (code);
  answer->message = g_strdup (text);
  device->deliver (answer, tag, device->user_data);
}

static void
handle_start (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  const char *call_type = request->call_type ? request->call_type : "audio";
  CallDirectUser *receiver = request->user_id ? g_hash_table_lookup (device->room->users, request->user_id) : NULL;
  CallDirectCall *call;

  if (!request->user_id || !*request->user_id)
    return device_refuse (device, "target-required", "Target user ID is required", tag);
  if (!g_str_equal (call_type, "audio") && !g_str_equal (call_type, "video"))
    return device_refuse (device, "bad-call-type", "Call type must be audio or video", tag);
  if (!receiver)
    return device_refuse (device, "user-not-found", "Target user not found", tag);
  if (receiver == device->user)
    return device_refuse (device, "self-call", "You cannot call yourself", tag);
  call = user_get_live_call (device->room, device->user);
  if (call && call->state == CALL_STATE_CALLING && call->users[CALL_DIRECT_CALLER] == receiver) {
    call_direct_call_apply (call, CALL_EVENT_ACCEPT, device, request, tag); /* both call each other: one call */
    return;
  }
  if (call)
    return device_refuse (device, "caller-busy", "You are already in a call", tag);
  if (user_get_live_call (device->room, receiver))
    return device_refuse (device, "user-busy", "User is busy on another call", tag);

  call = call_direct_call_new (device, receiver, call_type);
  g_hash_table_insert (device->room->calls, call->id, call);
  call_direct_answer (device, call_direct_call_describe (call, CALL_MESSAGE_ANSWER, CALL_DIRECT_CALLER), tag);
  call_direct_call_ring (call);
}

/* The call of a request and the asker's side in it; refuses when there is none. */
static CallDirectCall *
find_call (CallDirectDevice *device, const CallMessage *request, gpointer tag, CallDirectSide *side)
{
  CallDirectCall *call = request->call_id ? g_hash_table_lookup (device->room->calls, request->call_id) : NULL;

  if (!call) {
    device_refuse (device, "not-found", "Call not found", tag);
    return NULL;
  }
  if (!call_direct_call_get_side (call, device->user, side)) {
    device_refuse (device, "forbidden", "You are not in this call", tag);
    return NULL;
  }
  return call;
}

static void
handle_answer (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  gboolean accept = request->type == CALL_MESSAGE_CALL_ACCEPT;
  CallDirectSide side;
  CallDirectCall *call = find_call (device, request, tag, &side);

  if (!call)
    return;
  if (side != CALL_DIRECT_RECEIVER)
    device_refuse (device, "forbidden", "Only the one who is called can do this", tag);
  else if (!call_direct_call_apply (call, accept ? CALL_EVENT_ACCEPT : CALL_EVENT_REJECT, device, request, tag))
    device_refuse (device, "not-calling", "Call is not in calling state", tag);
}

static void
handle_end (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  CallDirectSide side;
  CallDirectCall *call = find_call (device, request, tag, &side);

  if (!call)
    return;
  if (!call_direct_call_apply (
          call, side == CALL_DIRECT_CALLER ? CALL_EVENT_CALLER_END : CALL_EVENT_RECEIVER_END, device, request, tag))
    call_direct_answer (device, call_direct_call_describe (call, CALL_MESSAGE_ANSWER, side), tag);
}

/* call-signal and call-quality: to the other device of the call. Who sends them carries the call. */
static void
handle_relay (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  CallDirectSide side;
  CallDirectCall *call = find_call (device, request, tag, &side);

  if (!call)
    return;
  if (!call_state_is_live (call->state) && request->type == CALL_MESSAGE_CALL_QUALITY)
    return call_direct_answer (device, call_message_new (CALL_MESSAGE_ANSWER), tag); /* taken, and told to nobody */
  if (!call_state_is_live (call->state))
    return device_refuse (device, "not-live", "Call is over", tag);
  if (call->state == CALL_STATE_CALLING && side == CALL_DIRECT_RECEIVER)
    return device_refuse (device, "not-accepted", "Accept the call first", tag);
  call_direct_call_bind (call, side, device);
  if (call_direct_call_relay (call, side, request))
    call_direct_answer (device, call_message_new (CALL_MESSAGE_ANSWER), tag);
  else
    device_refuse (device, "queue-full", "Too many signals wait for the other participant", tag);
}

static void
handle_active (CallDirectDevice *device, const CallMessage *request, gpointer tag)
{
  CallMessage *answer = call_message_new (CALL_MESSAGE_ANSWER);
  GHashTableIter iter;
  gpointer value;
  CallDirectSide side;

  answer->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_message_free);
  g_hash_table_iter_init (&iter, device->room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CallDirectCall *call = value;

    if (!call_state_is_live (call->state) || !call_direct_call_get_side (call, device->user, &side))
      continue;
    g_ptr_array_add (answer->calls, call_direct_call_describe (call, CALL_MESSAGE_CALL_ACTIVE, side));
  }
  call_direct_answer (device, answer, tag);
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
  CallDirectCall *call = g_hash_table_lookup (device->room->calls, call_id);
  gboolean offline = call && call->users[CALL_DIRECT_RECEIVER]->devices->len == 0;

  if (call)
    call_direct_call_apply (
        call, offline ? CALL_EVENT_RING_TIMEOUT_OFFLINE : CALL_EVENT_RING_TIMEOUT, NULL, NULL, NULL);
}

CallDirectDevice *
call_direct_join (const char *room, const char *user, CallDirectDeliver deliver, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  CallDirectDevice *device = g_new0 (CallDirectDevice, 1);
  GHashTableIter iter;
  gpointer value;

  device->room = room_get (room);
  device->user = room_get_user (device->room, user);
  device->deliver = deliver;
  device->user_data = user_data;
  device->room->devices++;
  g_ptr_array_add (device->user->devices, device);
  g_hash_table_iter_init (&iter, device->room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    call_direct_call_device_came (value, device);
  return device;
}

void
call_direct_leave (CallDirectDevice *device)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  CallDirectRoom *room = device->room;
  GHashTableIter iter;
  gpointer value;

  g_ptr_array_remove (device->user->devices, device);
  g_hash_table_iter_init (&iter, room->calls);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    call_direct_call_device_gone (value, device);
  if (--room->devices == 0)
    g_hash_table_remove (rooms, room->name);
  if (g_hash_table_size (rooms) == 0)
    g_clear_pointer (&rooms, g_hash_table_unref);
  g_free (device);
}
