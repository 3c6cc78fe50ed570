/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Socket.IO protocol 5 packets: `<type>[<attachments>-][<nsp>,][<ack>][json]`, both directions, binary and acks
 * included. The JSON stays text here (checked by jsoncheck, placeholders counted); callmessage gives it meaning. */

typedef enum
{
  SOCKETIO_CONNECT,
  SOCKETIO_DISCONNECT,
  SOCKETIO_EVENT,
  SOCKETIO_ACK,
  SOCKETIO_CONNECT_ERROR,
  SOCKETIO_BINARY_EVENT,
  SOCKETIO_BINARY_ACK
} SocketioType;

#define SOCKETIO_NO_ID ((gint64) -1)
#define SOCKETIO_MAX_ATTACHMENTS 10

typedef enum
{
  SOCKETIO_ERROR_SYNTAX,
  SOCKETIO_ERROR_TYPE,
  SOCKETIO_ERROR_NAMESPACE,
  SOCKETIO_ERROR_JSON,
  SOCKETIO_ERROR_PAYLOAD,     /* the JSON is not of the shape that the type asks for */
  SOCKETIO_ERROR_ATTACHMENTS, /* too many, too few, a placeholder out of range, text while binary is due */
  SOCKETIO_ERROR_RESERVED     /* an event name that the protocol keeps: connect, disconnect, ... */
} SocketioError;

#define SOCKETIO_ERROR (socketio_error_quark ())
GQuark socketio_error_quark (void);

typedef struct
{
  SocketioType type;
  char *nsp;              /* "/" or "/name" */
  gint64 id;              /* SOCKETIO_NO_ID when no ack is asked */
  char *json;             /* NULL when there is none; an array for (BINARY_)EVENT and (BINARY_)ACK */
  GPtrArray *attachments; /* (element-type GBytes); empty but for BINARY_* */
} SocketioPacket;

SocketioPacket *socketio_packet_new (SocketioType type, const char *nsp, gint64 id, const char *json);
void socketio_packet_free (SocketioPacket *packet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SocketioPacket, socketio_packet_free)

/* The text message of a packet. The attachments follow it as binary messages, in order. */
char *socketio_packet_write (const SocketioPacket *packet);

/* `["name",<args>]`: @args_json is the inside of an array without its brackets ("{\"a\":1},2"), or NULL. */
SocketioPacket *socketio_event_new (const char *nsp, const char *name, const char *args_json, gint64 id);
/* The event's name, and its arguments as a JSON array text ("[]" when none). FALSE: not an event. */
gboolean socketio_event_split (const SocketioPacket *packet, char **name, char **args_json);
/* The @n-th element, from 0, of an array text: the argument of an event, or of an ack's json. NULL when absent. */
char *socketio_args_nth (const char *args_json, guint n);

typedef struct
{
  guint max_attachments;      /* SOCKETIO_MAX_ATTACHMENTS */
  gsize max_attachment_bytes; /* all of one packet together */
  guint max_depth;            /* of the JSON */
  gsize max_nsp;              /* bytes of a namespace's name */
} SocketioLimits;

extern const SocketioLimits socketio_limits_default;

/* Puts a packet and its attachments together. One decoder per connection and direction. */
typedef struct SocketioDecoder SocketioDecoder;
SocketioDecoder *socketio_decoder_new (const SocketioLimits *limits);
void socketio_decoder_free (SocketioDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SocketioDecoder, socketio_decoder_free)

/* FALSE with @error: close the connection. TRUE with *packet NULL: attachments are still due. */
gboolean socketio_decoder_text (
    SocketioDecoder *decoder, const char *text, gsize length, SocketioPacket **packet, GError **error);
gboolean socketio_decoder_binary (SocketioDecoder *decoder, GBytes *data, SocketioPacket **packet, GError **error);

G_END_DECLS
