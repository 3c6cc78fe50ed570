/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One column for each stream, one panel for each figure, time from left to right. */

#include "output.h"

#include <gio/gio.h>
#include <math.h>

#ifdef HAVE_CAIRO
#include <cairo-svg.h>
#include <cairo.h>

#define COLUMN 520.0
#define PANEL 150.0
#define HEADING 40.0
#define MARGIN_LEFT 60.0
#define MARGIN_RIGHT 16.0
#define MARGIN_BOTTOM 26.0
#define MARGIN_TOP 22.0
#define MAX_COLUMNS 32 /* a capture may hold thousands of streams, a picture may not */
#define TICKS 4

typedef enum
{
  FIGURE_LOSS,
  FIGURE_JITTER,
  FIGURE_BITRATE,
  FIGURE_MOS,
  N_FIGURES
} Figure;

static const struct
{
  const char *title;
  double least_top; /* the axis goes that far at least */
  double red, green, blue;
} figures[N_FIGURES] = {{"loss, %", 1, 0.80, 0.15, 0.15}, {"jitter, ms", 1, 0.85, 0.50, 0.05},
    {"bitrate, kbit/s", 1, 0.10, 0.40, 0.75}, {"MOS", 4.5, 0.10, 0.55, 0.25}};

static double
figure_of (const EntrySlot *slot, Figure figure)
{
  switch (figure) {
    case FIGURE_LOSS:
      return slot->loss;
    case FIGURE_JITTER:
      return slot->jitter;
    case FIGURE_BITRATE:
      return slot->bitrate / 1000;
    case FIGURE_MOS:
    case N_FIGURES:
    default:
      return slot->mos;
  }
}

/* 1, 2 or 5 with zeros, no less than @value: ticks that can be read. */
static double
round_up (double value)
{
  double power = pow (10, floor (log10 (value)));
  double factor = value / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

static double
top_of (const Entry *entry, Figure figure)
{
  double top = figures[figure].least_top;
  for (guint i = 0; i < entry->slots->len; i++)
    top = fmax (top, figure_of (&g_array_index (entry->slots, EntrySlot, i), figure));
  return figure == FIGURE_MOS ? 5 : round_up (top);
}

static void
write_text (cairo_t *cairo, double x, double y, const char *text, double align)
{
  cairo_text_extents_t extents;
  cairo_text_extents (cairo, text, &extents);
  cairo_move_to (cairo, x - extents.x_advance * align, y);
  cairo_show_text (cairo, text);
}

static void
draw_axes (cairo_t *cairo, double width, double height, double top, double seconds, Figure figure)
{
  char text[32];
  cairo_set_line_width (cairo, 0.5);
  for (guint i = 0; i <= TICKS; i++) {
    double y = height - height * i / TICKS, x = width * i / TICKS;
    cairo_set_source_rgb (cairo, 0.85, 0.85, 0.85);
    cairo_move_to (cairo, 0, y);
    cairo_line_to (cairo, width, y);
    cairo_stroke (cairo);
    cairo_set_source_rgb (cairo, 0.3, 0.3, 0.3);
    write_text (cairo, -6, y + 3, g_ascii_formatd (text, sizeof text, "%.4g", top * i / TICKS), 1);
    g_ascii_formatd (text, sizeof text, "%.4g", seconds * i / TICKS);
    write_text (cairo, x, height + 14, text, 0.5);
  }
  cairo_set_source_rgb (cairo, 0, 0, 0);
  write_text (cairo, 0, -6, figures[figure].title, 0);
  write_text (cairo, width, -6, "s", 1);
}

/* A second that is not known breaks the line. */
static void
draw_line (cairo_t *cairo, const Entry *entry, Figure figure, double width, double height, double top, double seconds)
{
  gboolean drawing = FALSE;
  cairo_set_source_rgb (cairo, figures[figure].red, figures[figure].green, figures[figure].blue);
  cairo_set_line_width (cairo, 1.5);
  for (guint i = 0; i < entry->slots->len; i++) {
    const EntrySlot *slot = &g_array_index (entry->slots, EntrySlot, i);
    double value = figure_of (slot, figure);
    double x = width * fmin (slot->time / seconds, 1), y = height - height * fmin (fmax (value, 0) / top, 1);
    if (!isfinite (value) || !isfinite (slot->time)) {
      drawing = FALSE;
      continue;
    }
    if (drawing)
      cairo_line_to (cairo, x, y);
    else
      cairo_move_to (cairo, i == 0 ? 0 : x, y);
    if (!drawing && i == 0)
      cairo_line_to (cairo, x, y);
    drawing = TRUE;
  }
  cairo_stroke (cairo);
}

static void
draw_entry (cairo_t *cairo, const Entry *entry)
{
  guint last = entry->slots->len;
  double seconds = last > 0 ? g_array_index (entry->slots, EntrySlot, last - 1).time : 1;
  double width = COLUMN - MARGIN_LEFT - MARGIN_RIGHT, height = PANEL - MARGIN_TOP - MARGIN_BOTTOM;
  g_autofree char *name = entry->ssrc != ENTRY_UNKNOWN ? g_strdup_printf ("ssrc 0x%08x", (guint) entry->ssrc)
                                                       : g_strdup (entry->element != NULL ? entry->element : "");
  g_autofree char *title = g_strdup_printf (
      "%s  %s  %s", name, entry->codec != NULL ? entry->codec : "raw", entry->source != NULL ? entry->source : "");
  g_autofree char *valid = g_utf8_make_valid (title, -1);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  write_text (cairo, MARGIN_LEFT, HEADING / 2, valid, 0);
  seconds = isfinite (seconds) && seconds > 0 ? seconds : 1;
  for (guint figure = 0; figure < N_FIGURES; figure++) {
    double top = top_of (entry, figure);
    cairo_save (cairo);
    cairo_translate (cairo, MARGIN_LEFT, HEADING + PANEL * figure + MARGIN_TOP);
    draw_axes (cairo, width, height, top, seconds, figure);
    draw_line (cairo, entry, figure, width, height, top, seconds);
    cairo_restore (cairo);
  }
}

static void
draw (cairo_t *cairo, const GPtrArray *entries, guint columns)
{
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_select_font_face (cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cairo, 11);
  for (guint i = 0; i < columns; i++) {
    cairo_save (cairo);
    cairo_translate (cairo, COLUMN * i, 0);
    draw_entry (cairo, g_ptr_array_index (entries, i));
    cairo_restore (cairo);
  }
}

gboolean
output_plot_is_supported (const char *file, GError **error)
{
  gboolean supported = g_str_has_suffix (file, ".svg") || g_str_has_suffix (file, ".png");
  if (!supported)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "--plot takes a name that ends in .svg or .png");
  return supported;
}

gboolean
output_plot (const GPtrArray *entries, const char *file, GError **error)
{
  gboolean svg = g_str_has_suffix (file, ".svg");
  guint columns = CLAMP (entries->len, 1, MAX_COLUMNS);
  double width = COLUMN * columns, height = HEADING + PANEL * N_FIGURES;
  cairo_surface_t *surface = svg ? cairo_svg_surface_create (file, width, height)
                                 : cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  cairo_t *cairo = cairo_create (surface);
  draw (cairo, entries, MIN (columns, entries->len));
  cairo_status_t status = cairo_status (cairo);
  cairo_destroy (cairo);
  if (status == CAIRO_STATUS_SUCCESS && !svg)
    status = cairo_surface_write_to_png (surface, file);
  cairo_surface_finish (surface);
  status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status (surface) : status;
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", file, cairo_status_to_string (status));
  return status == CAIRO_STATUS_SUCCESS;
}
#else
gboolean
output_plot_is_supported (const char *file, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "--plot: this build has no cairo");
  return FALSE;
}

gboolean
output_plot (const GPtrArray *entries, const char *file, GError **error)
{
  return output_plot_is_supported (file, error);
}
#endif
