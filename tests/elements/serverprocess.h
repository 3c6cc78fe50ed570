/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A gst-call-server of a test's own, in a directory of its own: the program that the environment variable
 * GST_CALL_SERVER names. */
typedef struct
{
  char *directory;
  char *secret;
  char *url; /* stays the same over a restart */
  GSubprocess *process;
  GDataInputStream *output;
} ServerProcess;

ServerProcess *server_process_new (void); /* listens when it returns */
void server_process_free (ServerProcess *server);
void server_process_kill (ServerProcess *server); /* SIGKILL */
void server_process_start (ServerProcess *server);

/* A JWT that expires in @ttl seconds, which may be negative. */
char *server_process_token (ServerProcess *server, const char *user, int ttl);
char *test_token_new (const char *secret, const char *user, int ttl);

G_END_DECLS
