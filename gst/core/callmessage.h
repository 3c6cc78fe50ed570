/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The call messages of docs/protocol/call-messages.md and their JSON, for the server and for the elements: one
 * struct for all, fields that a message does not have are NULL, 0 or FALSE. The only module of core
 * that uses json-glib (callmessage*.c); text is put through jsoncheck first. */

typedef enum
{
  /* server -> client */
  CALL_MESSAGE_INCOMING_CALL, /* incoming-call */
  CALL_MESSAGE_CALL_ACCEPTED,
  CALL_MESSAGE_CALL_REJECTED,
  CALL_MESSAGE_CALL_ENDED,
  CALL_MESSAGE_USER_BUSY,
  CALL_MESSAGE_USER_OFFLINE,
  CALL_MESSAGE_USER_STATUS,
  CALL_MESSAGE_CALL_MEDIA,
  /* both ways */
  CALL_MESSAGE_CALL_SIGNAL,
  CALL_MESSAGE_CALL_QUALITY,
  /* client -> server */
  CALL_MESSAGE_CALL_START,
  CALL_MESSAGE_CALL_ACCEPT,
  CALL_MESSAGE_CALL_REJECT,
  CALL_MESSAGE_CALL_END,
  CALL_MESSAGE_CALL_ACTIVE, /* asks for the asker's live calls; see `calls` */
  /* the ack of a request, and the body of a REST answer */
  CALL_MESSAGE_ANSWER,
  CALL_MESSAGE_COUNT
} CallMessageType;

typedef enum
{
  CALL_SIGNAL_NONE,
  CALL_SIGNAL_DESCRIPTION,
  CALL_SIGNAL_CANDIDATE,
  CALL_SIGNAL_RENEGOTIATE
} CallSignalKind;

typedef struct
{
  char *id; /* _id */
  char *username;
  char *full_name; /* fullName */
  char *avatar;
} CallUser;

typedef struct
{
  char **urls; /* NULL-terminated */
  char *username;
  char *credential;
} CallIceServer;

typedef struct
{
  CallSignalKind kind;
  char *sdp_type; /* "offer" or "answer" */
  char *sdp;
  char *candidate; /* "" is the end of candidates */
  char *sdp_mid;   /* may be NULL */
  guint sdp_mline_index;
} CallSignal;

typedef struct
{
  CallMessageType type;
  char *call_id;      /* callId */
  char *channel_name; /* channelName */
  char *call_type;    /* "audio" or "video" */
  char *status;
  char *from;    /* call-signal, call-quality: the sender's user id */
  char *by;      /* call-accepted; endedBy of call-ended */
  char *user_id; /* userId of user-*; targetUserId of call-start */
  char *reason;
  char *message;
  CallUser caller;   /* incoming-call, and each of `calls` */
  CallUser receiver; /* each of `calls` */
  gint64 duration;   /* whole seconds */
  gboolean online;
  char *last_seen; /* lastSeen, ISO 8601 */
  gboolean has_media;
  char *media_mode;       /* media.mode: "direct", "node" */
  gboolean offer;         /* media.offer */
  GPtrArray *ice_servers; /* (element-type CallIceServer); NULL when absent */
  CallSignal signal;
  char *quality; /* call-quality: the body as it came, JSON text */
  /* CALL_MESSAGE_ANSWER */
  gboolean ok;
  char *code;        /* of an error: "user-busy" ... */
  guint http_status; /* REST only, set by the caller of the parser */
  GPtrArray *calls;  /* (element-type CallMessage): the answer to call-active; NULL when absent */
} CallMessage;

typedef enum
{
  CALL_MESSAGE_ERROR_JSON,
  CALL_MESSAGE_ERROR_UNKNOWN, /* no such event */
  CALL_MESSAGE_ERROR_MISSING, /* a field that the message must have */
  CALL_MESSAGE_ERROR_INVALID, /* a field of the wrong type, range or size */
} CallMessageError;

#define CALL_MESSAGE_ERROR (call_message_error_quark ())
GQuark call_message_error_quark (void);

CallMessage *call_message_new (CallMessageType type);
CallMessage *call_message_copy (const CallMessage *message);
void call_message_free (CallMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallMessage, call_message_free)
CallIceServer *call_ice_server_new (const char *const *urls, const char *username, const char *credential);
void call_ice_server_free (CallIceServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallIceServer, call_ice_server_free)

const char *call_message_type_to_string (CallMessageType type); /* the event's name; "answer" */
gboolean call_message_type_from_string (const char *name, CallMessageType *type);

/* @json: the body (an object). The parser checks what docs/protocol/call-messages.md asks: required fields, types,
 * sizes (CALL_MESSAGE_MAX_SDP...). Unknown fields are ignored. */
#define CALL_MESSAGE_MAX_SDP 65536
#define CALL_MESSAGE_MAX_CANDIDATE 2048
#define CALL_MESSAGE_MAX_ID 128
#define CALL_MESSAGE_MAX_TEXT 1024
#define CALL_MESSAGE_MAX_AVATAR 8192 /* a URL, also a data: one */
#define CALL_MESSAGE_MAX_QUALITY 16384
#define CALL_MESSAGE_MAX_ICE_SERVERS 32
#define CALL_MESSAGE_MAX_CALLS 100
/* @length 0 counts as {}. Of an ANSWER, a bare array is its `calls`, and `ok` is what `ok` or else `success` says, TRUE
 * when neither is there. Each of `calls` has the type CALL_MESSAGE_CALL_ACTIVE. */
CallMessage *call_message_parse (CallMessageType type, const char *json, gsize length, GError **error);
char *call_message_write (const CallMessage *message); /* the body, JSON text */

G_END_DECLS
