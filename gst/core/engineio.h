/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Engine.IO protocol 4: packets, polling payloads and the handshake. Both directions, for server and client. */

typedef enum
{
  ENGINEIO_OPEN,
  ENGINEIO_CLOSE,
  ENGINEIO_PING,
  ENGINEIO_PONG,
  ENGINEIO_MESSAGE,
  ENGINEIO_UPGRADE,
  ENGINEIO_NOOP
} EngineioType;

typedef enum
{
  ENGINEIO_ERROR_EMPTY,
  ENGINEIO_ERROR_TYPE,
  ENGINEIO_ERROR_TOO_LARGE,
  ENGINEIO_ERROR_TOO_MANY,
  ENGINEIO_ERROR_BASE64,
  ENGINEIO_ERROR_UTF8,
  ENGINEIO_ERROR_HANDSHAKE
} EngineioError;

#define ENGINEIO_ERROR (engineio_error_quark ())
GQuark engineio_error_quark (void);

/* data holds what follows the type digit; a binary packet is always a MESSAGE. Owned; never NULL data. */
typedef struct
{
  EngineioType type;
  gboolean binary;
  GBytes *data;
} EngineioPacket;

EngineioPacket *engineio_packet_new (EngineioType type, const char *text); /* text may be NULL */
EngineioPacket *engineio_packet_new_binary (GBytes *data);
void engineio_packet_free (EngineioPacket *packet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngineioPacket, engineio_packet_free)

/* One websocket message. @binary: it came as a binary frame. */
EngineioPacket *engineio_packet_parse (
    const guint8 *data, gsize length, gboolean binary, gsize max_payload, GError **error);
/* The bytes of one websocket message; the caller sends them as a binary frame iff packet->binary. */
GBytes *engineio_packet_write (const EngineioPacket *packet);

/* A polling body: packets joined by 0x1e, binary as b<base64>. (element-type EngineioPacket) */
GPtrArray *engineio_payload_parse (
    const char *data, gsize length, gsize max_payload, guint max_packets, GError **error);
void engineio_payload_append (GString *payload, const EngineioPacket *packet);

typedef struct
{
  char *sid;
  gboolean upgrade_websocket; /* "upgrades":["websocket"], else [] */
  guint ping_interval_ms;
  guint ping_timeout_ms;
  guint max_payload;
} EngineioHandshake;

char *engineio_handshake_write (const EngineioHandshake *handshake); /* the JSON after `0` */
gboolean engineio_handshake_parse (const char *json, gsize length, EngineioHandshake *handshake, GError **error);
void engineio_handshake_clear (EngineioHandshake *handshake);

G_END_DECLS
