#pragma once

#include <string>
#include <string_view>

namespace crmsync::match {

/// A subject taken apart: "[EXTERNAL] Re[2]: FW: Offer" is "Offer", an answer on the outside.
struct Subject {
    std::string stripped;    ///< without prefixes and bracket tags, white space trimmed
    bool is_reply = false;   ///< the outermost prefix is one of an answer
    bool is_forward = false; ///< the outermost prefix is one of a forward
};

/// Knows the prefixes of PRODUCT section 4 in any stacking, with counters ("Re[2]:", "RE (3):"),
/// with a full-width colon, and bracket tags before, between and after them.
Subject read_subject(std::string_view subject);

/// The form in which subjects of one thread are equal: stripped, folded, white space collapsed.
std::string normalised_subject(std::string_view subject);

} // namespace crmsync::match
