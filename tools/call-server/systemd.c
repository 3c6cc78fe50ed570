/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#define _GNU_SOURCE

#include "tools/call-server/systemd.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3
#define MAX_FDS 64

static gboolean
number_of (const char *variable, guint64 *number)
{
  const char *text = g_getenv (variable);
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, number, NULL);
}

gboolean
systemd_is_watched (void)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  return path != NULL && (path[0] == '/' || path[0] == '@');
}

void
systemd_notify (const char *format, ...)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  va_list args;
  if (!systemd_is_watched () || strlen (path) >= sizeof address.sun_path)
    return;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  memcpy (address.sun_path, path, strlen (path));
  if (path[0] == '@') /* the abstract namespace */
    address.sun_path[0] = '\0';
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  socklen_t length = offsetof (struct sockaddr_un, sun_path) + strlen (path);
  if (fd < 0 || sendto (fd, text, strlen (text), MSG_NOSIGNAL, (struct sockaddr *) &address, length) < 0)
    g_warning ("cannot tell systemd: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

guint
systemd_get_watchdog_ms (void)
{
  guint64 usec = 0, pid = 0;
  if (!number_of ("WATCHDOG_USEC", &usec) || usec < 1000 || usec / 1000 > G_MAXUINT)
    return 0;
  if (number_of ("WATCHDOG_PID", &pid) && pid != (guint64) getpid ())
    return 0;
  return (guint) (usec / 1000);
}

static guint
count_fds (void)
{
  guint64 pid = 0, count = 0;
  if (!number_of ("LISTEN_PID", &pid) || pid != (guint64) getpid () || !number_of ("LISTEN_FDS", &count))
    return 0;
  return (guint) MIN (count, MAX_FDS);
}

char **
systemd_expand_listen (const char *const *listen, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (; *listen != NULL; listen++) {
    if (!g_str_equal (*listen, "systemd")) {
      g_strv_builder_add (builder, *listen);
      continue;
    }
    guint count = count_fds ();
    if (count == 0) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          "listen: systemd passed no socket: is gst-call-server.socket enabled?");
      return NULL;
    }
    for (guint i = 0; i < count; i++) {
      g_autofree char *text = g_strdup_printf ("fd:%u", FIRST_FD + i);
      g_strv_builder_add (builder, text);
    }
  }
  return g_strv_builder_end (builder);
}

/* JOURNAL_STREAM names the device and inode of what systemd gave us; stderr may have been put elsewhere since. */
gboolean
systemd_has_journal (int fd)
{
  const char *text = g_getenv ("JOURNAL_STREAM");
  const char *colon = text != NULL ? strchr (text, ':') : NULL;
  struct stat there;
  return colon != NULL && fstat (fd, &there) == 0 && g_ascii_strtoull (text, NULL, 10) == there.st_dev
         && g_ascii_strtoull (colon + 1, NULL, 10) == there.st_ino;
}
