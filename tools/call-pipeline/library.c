/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "library.h"

#include <gio/gio.h>
#include <string.h>

static GStrv
folders (void)
{
  const char *path = g_getenv ("GST_CALL_RECIPES");
  g_autofree char *all = g_strjoin (":", path != NULL ? path : "", RECIPES_DIR, NULL);

  return g_strsplit (all, ":", -1);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
library_list (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) where = folders ();

  for (guint i = 0; where[i] != NULL; i++) {
    g_autoptr (GDir) folder = where[i][0] != '\0' ? g_dir_open (where[i], 0, NULL) : NULL;
    const char *file;
    while (folder != NULL && (file = g_dir_read_name (folder)) != NULL) {
      g_autofree char *name = NULL;
      if (!g_str_has_suffix (file, RECIPE_SUFFIX))
        continue;
      name = g_strndup (file, strlen (file) - strlen (RECIPE_SUFFIX));
      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/* The file of recipe @name; NULL when there is none. */
static char *
find_file (const char *name)
{
  g_auto (GStrv) where = folders ();
  g_autofree char *file = g_strconcat (name, RECIPE_SUFFIX, NULL);

  if (strchr (name, '/') != NULL || g_str_has_suffix (name, RECIPE_SUFFIX))
    return g_strdup (name);
  for (guint i = 0; where[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (where[i], file, NULL);
    if (where[i][0] != '\0' && g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&path);
  }
  return NULL;
}

Recipe *
library_load (const char *name, GError **error)
{
  g_autofree char *path = find_file (name);
  g_autofree char *text = NULL;
  g_autofree char *base = NULL;
  gsize length = 0;

  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no recipe '%s' (see gst-call-pipeline list)", name);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  base = g_path_get_basename (path);
  if (g_str_has_suffix (base, RECIPE_SUFFIX))
    base[strlen (base) - strlen (RECIPE_SUFFIX)] = '\0';
  return recipe_parse (base, text, length, error);
}
