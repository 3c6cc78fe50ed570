/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The values of all settings (settings.h), and how a command line becomes them. */

typedef enum
{
  OPTIONS_AGORA_007,
  OPTIONS_AGORA_006
} OptionsAgora;

typedef struct
{
  char **listen;
  int port;
  char *database;
  char **origins;
  char *tls_certificate, *tls_key;
  char **trusted_proxies;
  double drain_timeout; /* seconds */
  gboolean dev;
  gboolean debug;
  int log_level, log_format; /* LogLevel, LogFormat */

  GBytes *jwt_secret, *jwt_public_keys;
  char *jwt_issuer, *jwt_audience;
  double jwt_leeway; /* seconds */

  double ring_timeout, grace_timeout; /* seconds */

  double ping_interval, ping_timeout; /* seconds */
  int event_limit;                    /* a second and socket */

  int user_rate, start_rate, signal_rate, connect_rate, address_rate, login_rate; /* a minute; 0: no limit */
  int connection_limit, address_socket_limit, user_socket_limit;
  int body_limit, message_limit, queue_limit;           /* bytes */
  double header_timeout, idle_timeout, connect_timeout; /* seconds */
  GBytes *metrics_token;

  char **stun_servers, **turn_servers;
  GBytes *turn_secret;
  double turn_ttl; /* seconds */

  char **webhook_urls, **webhook_events;
  GBytes *webhook_secret;
  char *webhook_ca_file;
  double webhook_timeout, webhook_max_age; /* seconds */
  int webhook_outbox_limit;                /* rows */

  char *agora_app_id;
  GBytes *agora_certificate;
  int agora_token_version; /* OptionsAgora */
  double agora_ttl;        /* seconds */
} Options;

#define OPTIONS_ERROR (options_error_quark ())
GQuark options_error_quark (void);
typedef enum
{
  OPTIONS_ERROR_USAGE,
  OPTIONS_ERROR_SECRET
} OptionsError;

/* Reads all places that settings come from, and the command's @own options; `--help` prints and exits.
 * @wanted: the settings that the command knows (NULL: all). What is wrong goes to @problems (element-type GError). */
void options_read (Options *options, GOptionContext *context, const char *const *wanted, const GOptionEntry *own,
    int *argc, char ***argv, GPtrArray *problems);
/* What one value alone does not show. */
void options_check (const Options *options, GPtrArray *problems);
/* The effective values, as a configuration file. No secrets. */
void options_print (const Options *options);
void options_clear (Options *options);

G_END_DECLS
