/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/process.h"

#include "tools/call-server/systemd.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define FEW_DESCRIPTORS 1024

void
process_raise_limits (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < FEW_DESCRIPTORS)
    g_warning ("at most %u file descriptors: that is few, as each connection takes one (LimitNOFILE=, ulimit -Hn)",
        (guint) limit.rlim_max);
}

/* ---- the supervisor ---- */

static void
say_status (Server *server)
{
  TransportStats stats = {0};
  if (!systemd_is_watched () || server->transport == NULL)
    return;
  transport_get_stats (server->transport, &stats);
  systemd_notify ("STATUS=%u sockets, %u calls", (guint) stats.sockets_open, g_hash_table_size (server->live));
}

static void
on_watchdog (gpointer data)
{
  Server *server = data;
  timer_stop (&server->watchdog);
  systemd_notify ("WATCHDOG=1");
  say_status (server);
  server->watchdog = timer_start (&server->loop, systemd_get_watchdog_ms () / 3, on_watchdog, server);
}

void
process_ready (Server *server)
{
  systemd_notify ("READY=1");
  say_status (server);
  if (systemd_get_watchdog_ms () > 0)
    on_watchdog (server);
}

/* ---- signals ---- */

static void
on_terminate (uv_signal_t *handle, int number)
{
  Server *server = handle->data;
  g_info ("%s", strsignal (number));
  if (!server->stopping)
    systemd_notify ("STOPPING=1\nSTATUS=draining");
  else if (server->transport != NULL)
    transport_stop_now (server->transport);
  server_stop (server);
}

static void
on_hang_up (uv_signal_t *handle, int number)
{
  Server *server = handle->data;
  g_autoptr (GError) error = NULL;
  if (server->transport == NULL || server->stopping)
    return;
  systemd_notify ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());
  if (transport_reload_tls (server->transport, &error))
    g_info ("reloaded");
  else
    g_warning ("the certificate in use stays: %s", error->message);
  systemd_notify ("READY=1");
}

void
process_watch (Server *server)
{
  static const struct
  {
    int number;
    uv_signal_cb callback;
  } handlers[SERVER_SIGNALS] = {{SIGTERM, on_terminate}, {SIGINT, on_terminate}, {SIGHUP, on_hang_up}};
  signal (SIGPIPE, SIG_IGN);
  for (guint i = 0; i < SERVER_SIGNALS; i++) {
    uv_signal_init (&server->loop, &server->signals[i]);
    server->signals[i].data = server;
    uv_signal_start (&server->signals[i], handlers[i].callback, handlers[i].number);
  }
}

void
process_close (Server *server)
{
  timer_stop (&server->watchdog);
  for (guint i = 0; i < SERVER_SIGNALS; i++)
    uv_close ((uv_handle_t *) &server->signals[i], NULL);
}
