#pragma once

#include "match/policy.hpp"
#include "model/write_back.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::match {

/// What an item's categories say to us. Everybody else's are left out.
struct OwnCategories {
    bool track = false;
    bool tracked = false;
    bool review = false;
    bool refused = false;
    bool failed = false;
    bool stop = false;               ///< of the thread; asks for nothing on the item itself
    std::vector<std::string> labels; ///< full names with the regarding prefix, as spelled, in order

    /// One of the states only the service gives.
    bool answered() const { return tracked || review || refused || failed; }
    bool any() const { return track || answered() || !labels.empty(); }
};

OwnCategories own_categories(const std::vector<std::string>& categories, const Policy& policy);

bool contains_folded(const std::vector<std::string>& names, std::string_view name);

/// The same label, under whatever prefix of ours.
bool contains_label(const std::vector<std::string>& labels, std::string_view label,
                    const Policy& policy);

/// Ours by their present names, where they go by others. Nothing else changes.
std::vector<std::string> by_present_names(const std::vector<std::string>& categories,
                                          const Policy& policy);

/// The list to write so that an item says what is desired. Only our own categories are changed:
/// others survive in place and to the letter, twice where they stood twice.
///
/// At most one state is left; CRM Stop is none of them and stays. The desired one keeps the
/// spelling it has on the item; ours by another name get their present one. `take_off` names go if
/// they are ours, unless they are desired. A label that is neither stays: a decision names the
/// labels its own replaces, so another one was set meanwhile and is a wish of its own. The desired
/// label is put on only where it is restored; else it was taken off meanwhile.
std::vector<std::string> apply(const DesiredCategories& desired,
                               const std::vector<std::string>& current, const Policy& policy);

} // namespace crmsync::match
