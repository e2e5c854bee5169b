#pragma once

#include "match/categories.hpp"
#include "match/weighing.hpp"

// States of ours that somebody else put on an item. Not for use outside this folder.
namespace crmsync::match {

/// How often a day one item is told the same again. Who goes on then is a program, and is left
/// its way.
inline constexpr int most_corrections = 10;

/// A linked item says tracked or review, and nothing else of ours.
void correct_linked(Decision& decision, const Case& c, const OwnCategories& own);

/// An item without a link says what it was answered, if that is still there; else nothing of ours.
/// Of what nobody remembers nothing is taken off: it may be an answer that has had its time.
void correct_unlinked(Decision& decision, const Case& c);

/// Counts an answer that was given before, or withholds it where it was given too often.
void answer_again(Decision& decision, const Case& c);

} // namespace crmsync::match
