#pragma once

#include "match/never_folders.hpp"
#include "model/address.hpp"
#include "model/mailbox.hpp"
#include "model/write_back.hpp"
#include "settings/settings.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::match {

/// A name of ours that is understood wherever it is met: another language's, or one from before the
/// settings were changed.
struct OtherName {
    std::string name;
    StateCategory state = StateCategory::none; ///< none: a regarding prefix
};

/// The settings a decision depends on, in the form they are compared in. Made once per reload.
struct Policy {
    struct Name {
        std::string text;   ///< as it is written into the mailbox
        std::string folded; ///< as it is compared
    };
    std::array<Name, 7> states;   ///< by StateCategory; `none` has no name
    std::string regarding_prefix; ///< folded, without white space at its ends
    std::string prefix_text;      ///< as it is written
    /// All names that mean a state, folded, and all prefixes, the longest first. The names above
    /// are among them.
    std::map<std::string, StateCategory, std::less<>> understood;
    std::vector<std::string> prefixes;
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
    /// A category of ours as it is written today: another name of the same meaning becomes the
    /// present one. The same in another spelling stays, as do other people's.
    std::string present_name(const std::string& category) const;
    /// Whether both are labels that say the same, under whatever prefix.
    bool same_label(std::string_view a, std::string_view b) const;
};

/// With the names of `settings`, which come before `others`.
Policy make_policy(const Settings& settings, const std::vector<OtherName>& others = {});

} // namespace crmsync::match
