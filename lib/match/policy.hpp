#pragma once

#include "match/never_folders.hpp"
#include "model/address.hpp"
#include "model/mailbox.hpp"
#include "model/write_back.hpp"
#include "settings/settings.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace crmsync::match {

/// The settings a decision depends on, in the form they are compared in. Made once per reload.
struct Policy {
    struct Name {
        std::string text;   ///< as it is written into the mailbox
        std::string folded; ///< as it is compared
    };
    std::array<Name, 6> states;   ///< by StateCategory; `none` has no name
    std::string regarding_prefix; ///< folded, without white space at its ends
    std::set<Domain> own_domains;
    bool internal_only = true; ///< items between own people are refused to rules
    std::chrono::days history{30};
    Mode ceiling = Mode::all;
    NeverFolders never_folders;

    const std::string& name(StateCategory state) const;

    /// Which of our states a category says, or none.
    StateCategory state_of(std::string_view category) const;
    /// The folded text behind the regarding prefix: what CandidateQuery::labels asks for. Nothing
    /// when the category is a state, somebody else's, or the bare prefix.
    std::optional<std::string> label_of(std::string_view category) const;
    bool is_ours(std::string_view category) const;
};

Policy make_policy(const Settings& settings);

} // namespace crmsync::match
