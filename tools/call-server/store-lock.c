/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One server for a database: two would each ring and time only the calls that they started themselves. What is locked
 * is a file beside the database, which stays: the kernel lets go of the lock when the process ends, however it ends. A
 * lock of the database file itself would not do, since SQLite has locks of its own there, which readers may share. */

#include "tools/call-server/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/file.h>

gboolean
store_lock_take (const char *path, int *fd, GError **error)
{
  *fd = -1;
  if (g_str_equal (path, ":memory:"))
    return TRUE;
  g_autofree char *real = realpath (path, NULL); /* one database has one lock, by whatever name it is opened */
  g_autofree char *name = g_strconcat (real != NULL ? real : path, "-lock", NULL);
  *fd = g_open (name, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
  /* Where no file can be made SQLite cannot make its own either, and says it of the database. */
  if (*fd < 0 && !g_file_test (name, G_FILE_TEST_EXISTS))
    return TRUE;
  if (*fd >= 0 && flock (*fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (*fd >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: another gst-call-server runs on this database", path);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", name, g_strerror (errno));
  store_lock_release (fd);
  return FALSE;
}

void
store_lock_release (int *fd)
{
  if (*fd >= 0)
    g_close (*fd, NULL);
  *fd = -1;
}
