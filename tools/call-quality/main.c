/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* gst-call-quality: see its manual page. */

#include "output.h"
#include "source.h"

#include <locale.h>
#include <stdio.h>

enum
{
  EXIT_OK,
  EXIT_UNREADABLE,
  EXIT_USAGE
};

static char *format, *plot;
static char **files;
static gboolean version;

static const GOptionEntry options[] = {
    {"format", 0, 0, G_OPTION_ARG_STRING, &format, "table (the default) or json", "FORMAT"},
    {"plot", 0, 0, G_OPTION_ARG_FILENAME, &plot, "draw loss, jitter, bitrate and MOS over time", "FILE.svg|png"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, "print the version", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE..."}, {NULL}};

static int
usage_error (const char *message)
{
  g_printerr ("gst-call-quality: %s (see --help)\n", message);
  return EXIT_USAGE;
}

static int
read_file (const char *file, GPtrArray *entries)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  guint before = entries->len;
  gboolean read = source_read (file, entries, warnings, &error);
  for (guint i = 0; i < warnings->len; i++)
    g_printerr ("gst-call-quality: warning: %s: %s\n", file, (char *) g_ptr_array_index (warnings, i));
  if (!read)
    g_printerr ("gst-call-quality: %s: %s\n", file, error->message);
  else if (entries->len == before)
    g_printerr ("gst-call-quality: warning: %s: no RTP found\n", file);
  return read ? EXIT_OK : EXIT_UNREADABLE;
}

static int
run (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  gboolean json = g_strcmp0 (format, "json") == 0;
  int status = EXIT_OK;
  for (guint i = 0; files[i] != NULL; i++) {
    int read = read_file (files[i], entries);
    status = MAX (status, read);
  }
  g_autofree char *text = json ? output_json (entries) : output_table (entries);
  if (fputs (text, stdout) == EOF || fflush (stdout) == EOF) {
    g_printerr ("gst-call-quality: cannot write to standard output\n");
    return EXIT_UNREADABLE;
  }
  if (plot != NULL && !output_plot (entries, plot, &error)) {
    g_printerr ("gst-call-quality: %s\n", error->message);
    return EXIT_UNREADABLE;
  }
  return status;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_set_summary (context,
      "Prints loss, jitter and MOS of each RTP stream in captures (pcap, pcapng), RTP "
      "dumps and logs of call-quality messages.");
  setlocale (LC_CTYPE, "");
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return usage_error (error->message);
  if (version) {
    g_print ("gst-call-quality " VERSION "\n");
    return EXIT_OK;
  }
  if (files == NULL)
    return usage_error ("which file?");
  if (format != NULL && !g_str_equal (format, "json") && !g_str_equal (format, "table"))
    return usage_error ("--format is table or json");
  if (plot != NULL && !output_plot_is_supported (plot, &error))
    return usage_error (error->message);
  return run ();
}
