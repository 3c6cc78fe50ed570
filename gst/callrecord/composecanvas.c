/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The picture of a composed recording. What has not changed is not drawn again: there is one canvas, and what goes
 * out is a copy of it, in memory that comes back. A participant's picture is scaled straight into its place
 * by GstVideoConverter, once for each picture that came. */

#include "composecanvas.h"

#include "composelabel.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (composecanvas_debug);
#define GST_CAT_DEFAULT composecanvas_debug

#define PLATE_PART 18 /* of the picture's height */
#define PLATE_MIN 16
#define BLACK_LUMA 16
#define TILE_LUMA 48 /* a plain tile: dark grey */
#define NO_COLOUR 128

typedef struct
{
  ComposeTile tile;
  RecordRect cell, shown; /* shown: the picture in it */
  GstVideoConverter *converter;
  GstVideoInfo converter_in;
  RecordRect converter_out;
  ComposePlate plate;
  char *plate_text;
  guint plate_width;
  gboolean dirty;
} Slot;

struct ComposeCanvas
{
  GstVideoInfo info;
  RecordLayout layout;
  ComposeLabel *label;
  GstBuffer *canvas; /* NULL: nothing was drawn yet */
  GstBufferPool *pool;
  Slot slots[RECORD_LAYOUT_CELLS];
  guint n_slots, speaker;
};

void
compose_tile_clear (ComposeTile *tile)
{
  gst_clear_buffer (&tile->picture);
  g_clear_pointer (&tile->label, g_free);
}

/* ---- planes ---- */

/* The part @rect of @frame as a frame of its own, whose lines lie in those of the whole. */
static GstVideoFrame
cut (GstVideoFrame *frame, const RecordRect *rect)
{
  GstVideoFrame part = *frame;

  gst_video_info_set_format (&part.info, GST_VIDEO_FORMAT_I420, rect->width, rect->height);
  part.info.colorimetry = frame->info.colorimetry;
  part.info.chroma_site = frame->info.chroma_site;
  for (guint plane = 0; plane < 3; plane++) {
    guint by = plane == 0 ? 1 : 2;
    part.info.stride[plane] = frame->info.stride[plane];
    part.data[plane] = (guint8 *) frame->data[plane] + (gsize) rect->y / by * frame->info.stride[plane] + rect->x / by;
  }
  return part;
}

static void
fill (GstVideoFrame *frame, const RecordRect *rect, guint8 luma)
{
  GstVideoFrame part = cut (frame, rect);

  for (guint plane = 0; plane < 3; plane++)
    for (guint y = 0; y < rect->height / (plane == 0 ? 1 : 2); y++)
      memset ((guint8 *) part.data[plane] + (gsize) y * part.info.stride[plane], plane == 0 ? luma : NO_COLOUR,
          rect->width / (plane == 0 ? 1 : 2));
}

static void
put_plate (GstVideoFrame *frame, const RecordRect *shown, const ComposePlate *plate)
{
  RecordRect rect = {shown->x, shown->y + shown->height - MIN (plate->height, shown->height),
      MIN (plate->width, shown->width), MIN (plate->height, shown->height)};
  GstVideoFrame part = cut (frame, &rect);
  GstMapInfo map;
  const guint8 *in;

  if (!gst_buffer_map (plate->buffer, &map, GST_MAP_READ))
    return;
  in = map.data;
  for (guint plane = 0; plane < 3; plane++) {
    guint by = plane == 0 ? 1 : 2;
    for (guint y = 0; y < rect.height / by; y++)
      memcpy ((guint8 *) part.data[plane] + (gsize) y * part.info.stride[plane], in + (gsize) y * (plate->width / by),
          rect.width / by);
    in += (gsize) (plate->width / by) * (plate->height / by);
  }
  gst_buffer_unmap (plate->buffer, &map);
}

/* ---- a participant ---- */

static GstVideoConverter *
make_converter (const GstVideoInfo *in, const GstVideoInfo *out)
{
  GstStructure *options = gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD,
      GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR, NULL);

  return gst_video_converter_new ((GstVideoInfo *) in, (GstVideoInfo *) out, options);
}

static void
draw_picture (Slot *slot, GstVideoFrame *frame)
{
  const GstVideoInfo *info = &slot->tile.info;
  RecordRect fit = slot->shown;
  GstVideoFrame in, out = cut (frame, &fit);

  /* It is a picture's way, not a stream's: the converter wants these to be equal. */
  out.info.fps_n = info->fps_n;
  out.info.fps_d = info->fps_d;
  out.info.interlace_mode = info->interlace_mode;
  if (slot->converter == NULL || !record_rect_equal (&slot->converter_out, &fit)
      || !gst_video_info_is_equal (&slot->converter_in, info)) {
    g_clear_pointer (&slot->converter, gst_video_converter_free);
    slot->converter = make_converter (info, &out.info);
    slot->converter_in = *info;
    slot->converter_out = fit;
  }
  if (!record_rect_equal (&slot->cell, &fit))
    fill (frame, &slot->cell, BLACK_LUMA);
  if (slot->converter == NULL || !gst_video_frame_map (&in, (GstVideoInfo *) info, slot->tile.picture, GST_MAP_READ)) {
    GST_WARNING ("a picture of %ux%u cannot be drawn", info->width, info->height);
    return;
  }
  gst_video_converter_frame (slot->converter, &in, &out);
  gst_video_frame_unmap (&in);
}

static void
update_plate (ComposeCanvas *self, Slot *slot)
{
  if (g_strcmp0 (slot->plate_text, slot->tile.label) == 0 && slot->plate_width == slot->cell.width)
    return;
  gst_clear_buffer (&slot->plate.buffer);
  g_free (slot->plate_text);
  slot->plate_text = g_strdup (slot->tile.label);
  slot->plate_width = slot->cell.width;
  if (slot->plate_text != NULL)
    compose_label_draw (self->label, slot->plate_text, slot->cell.width, &slot->plate);
}

static RecordRect
find_shown (const Slot *slot)
{
  const GstVideoInfo *info = &slot->tile.info;

  if (slot->tile.picture == NULL)
    return slot->cell;
  return record_layout_fit (&slot->cell, info->width, info->height, info->par_n, info->par_d);
}

static void
draw_slot (ComposeCanvas *self, Slot *slot, GstVideoFrame *frame)
{
  slot->shown = find_shown (slot);
  if (slot->tile.picture != NULL)
    draw_picture (slot, frame);
  else
    fill (frame, &slot->cell, TILE_LUMA);
  if (self->label != NULL)
    update_plate (self, slot);
  if (slot->plate.buffer != NULL)
    put_plate (frame, &slot->shown, &slot->plate);
  slot->dirty = FALSE;
}

/* ---- what has changed ---- */

static gboolean
tile_equal (const ComposeTile *a, const ComposeTile *b)
{
  return a->participant == b->participant && a->picture == b->picture && g_strcmp0 (a->label, b->label) == 0;
}

/* TRUE: the places are others than before, so all is drawn anew. */
static gboolean
take_tiles (ComposeCanvas *self, ComposeTile *tiles, guint n_tiles, guint speaker)
{
  RecordRect cells[RECORD_LAYOUT_CELLS];
  guint n = record_layout_cells (self->layout, self->info.width, self->info.height, n_tiles, speaker, cells);
  gboolean moved = n != self->n_slots || speaker != self->speaker;

  for (guint i = 0; i < n_tiles; i++) {
    Slot *slot = &self->slots[MIN (i, RECORD_LAYOUT_CELLS - 1)];
    if (i >= n || (i < self->n_slots && tile_equal (&slot->tile, &tiles[i]))) {
      compose_tile_clear (&tiles[i]);
      continue;
    }
    compose_tile_clear (&slot->tile);
    slot->tile = tiles[i];
    slot->dirty = TRUE;
  }
  for (guint i = n; i < self->n_slots; i++)
    compose_tile_clear (&self->slots[i].tile);
  for (guint i = 0; i < n; i++)
    self->slots[i].cell = cells[i];
  self->n_slots = n;
  self->speaker = speaker;
  return moved;
}

/* In what order cells are drawn: the large one before those that lie on it. */
static guint
nth_drawn (const ComposeCanvas *self, guint n)
{
  if (self->layout != RECORD_LAYOUT_SPEAKER || self->speaker >= self->n_slots)
    return n;
  return n == 0 ? self->speaker : n <= self->speaker ? n - 1 : n;
}

/* What lies on a cell that is drawn has to be drawn, too. */
static gboolean
spread_dirt (ComposeCanvas *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_slots; i++) {
    Slot *lower = &self->slots[nth_drawn (self, i)];
    any = any || lower->dirty;
    for (guint j = i + 1; lower->dirty && j < self->n_slots; j++) {
      Slot *upper = &self->slots[nth_drawn (self, j)];
      upper->dirty = upper->dirty || record_rect_overlap (&lower->cell, &upper->cell);
    }
  }
  return any;
}

static void
draw_dirty (ComposeCanvas *self, GstBuffer *buffer, gboolean all)
{
  RecordRect whole = {0, 0, self->info.width & ~1u, self->info.height & ~1u};
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READWRITE))
    return;
  if (all)
    fill (&frame, &whole, BLACK_LUMA);
  for (guint i = 0; i < self->n_slots; i++) {
    Slot *slot = &self->slots[nth_drawn (self, i)];
    if (slot->dirty || all)
      draw_slot (self, slot, &frame);
  }
  gst_video_frame_unmap (&frame);
}

/* In memory of the pool. */
static GstBuffer *
copy_canvas (ComposeCanvas *self)
{
  GstBuffer *buffer = NULL;
  GstMapInfo map;

  if (gst_buffer_pool_acquire_buffer (self->pool, &buffer, NULL) != GST_FLOW_OK)
    buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&self->info), NULL);
  if (gst_buffer_map (self->canvas, &map, GST_MAP_READ)) {
    gst_buffer_fill (buffer, 0, map.data, map.size);
    gst_buffer_unmap (self->canvas, &map);
  }
  return buffer;
}

GstBuffer *
compose_canvas_draw (ComposeCanvas *self, ComposeTile *tiles, guint n_tiles, guint speaker)
{
  gboolean all = take_tiles (self, tiles, n_tiles, speaker) || self->canvas == NULL;

  if (self->canvas == NULL)
    self->canvas = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&self->info), NULL);
  if (spread_dirt (self) || all)
    draw_dirty (self, self->canvas, all);
  return copy_canvas (self);
}

/* ---- life ---- */

ComposeCanvas *
compose_canvas_new (const GstVideoInfo *info, RecordLayout layout, gboolean names)
{
  ComposeCanvas *self = g_new0 (ComposeCanvas, 1);
  g_autoptr (GstCaps) caps = gst_video_info_to_caps ((GstVideoInfo *) info);
  GstStructure *config;

  GST_DEBUG_CATEGORY_INIT (composecanvas_debug, "composecanvas", 0, "the picture of a composed recording");
  self->info = *info;
  self->layout = layout;
  if (names)
    self->label = compose_label_new (MAX (PLATE_MIN, info->height / PLATE_PART & ~1u));
  self->pool = gst_video_buffer_pool_new ();
  config = gst_buffer_pool_get_config (self->pool);
  gst_buffer_pool_config_set_params (config, caps, (guint) GST_VIDEO_INFO_SIZE (info), 2, 0);
  gst_buffer_pool_set_config (self->pool, config);
  gst_buffer_pool_set_active (self->pool, TRUE);
  return self;
}

void
compose_canvas_free (ComposeCanvas *self)
{
  for (guint i = 0; i < RECORD_LAYOUT_CELLS; i++) {
    Slot *slot = &self->slots[i];
    compose_tile_clear (&slot->tile);
    g_clear_pointer (&slot->converter, gst_video_converter_free);
    gst_clear_buffer (&slot->plate.buffer);
    g_free (slot->plate_text);
  }
  gst_clear_buffer (&self->canvas);
  gst_buffer_pool_set_active (self->pool, FALSE);
  gst_clear_object (&self->pool);
  g_clear_pointer (&self->label, compose_label_free);
  g_free (self);
}

gboolean
compose_canvas_has_names (const ComposeCanvas *self)
{
  return self->label != NULL;
}
