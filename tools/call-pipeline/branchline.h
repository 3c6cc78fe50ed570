/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a branch is joined to the pipeline that runs: the words of its line like `mix.` and `split.src_%u`. */

typedef struct
{
  char *element;  /* of the pipeline */
  char *pad;      /* NULL: whichever fits */
  gboolean feeds; /* the branch feeds the element; else it takes from it */
  char *inner;    /* the name of the identity that stands for it in the branch */
} BranchEnd;

/* @ends: (element-type BranchEnd), set. Returns @line with an identity in place of each, for gst_parse_bin...(). */
char *branch_line_split (const char *line, GPtrArray **ends);

G_END_DECLS
