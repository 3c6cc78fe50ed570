/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The two protocols of systemd that a server speaks: sd_notify(3) and sd_listen_fds(3), which are a datagram and two
 * variables (decision 12). Without systemd none of these does anything. */

void systemd_notify (const char *format, ...) G_GNUC_PRINTF (1, 2); /* "READY=1" */
gboolean systemd_is_watched (void);                                 /* somebody listens to systemd_notify() */
guint systemd_get_watchdog_ms (void);                               /* say WATCHDOG=1 within that time; 0: no need */
/* @listen with each "systemd" replaced by "fd:N" of the sockets that were passed. NULL: there are none. */
char **systemd_expand_listen (const char *const *listen, GError **error);
gboolean systemd_has_journal (int fd); /* @fd writes to the journal */

G_END_DECLS
