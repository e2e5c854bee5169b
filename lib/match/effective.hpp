#pragma once

#include "model/mailbox.hpp"
#include "settings/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::match {

/// Who said what holds: nobody, the configuration file, the mailbox itself (`crmsync mailbox set`);
/// or the mailbox said more than the administrator's ceiling allows, and the ceiling holds.
enum class Layer { built_in, configuration, mailbox, ceiling };
std::string_view to_string(Layer);

template <class T>
struct Effective {
    T value;
    Layer layer = Layer::built_in;
};

/// What holds for one mailbox. The turn works by these, and the commands show them.
struct EffectiveSettings {
    Effective<Mode> mode;
    Effective<bool> show_shared;
    Effective<bool> sent_items;
    Effective<std::string> on_untrack; ///< delete, keep
};
EffectiveSettings effective_settings(const Mailbox& mailbox, const Settings& settings);

/// The mailbox's own mode, else the default one, and never more than the ceiling.
Mode effective_mode(std::optional<Mode> mailbox, const Settings& settings);
Mode ceiling_mode(const Settings& settings);

/// One of them, as `crmsync mailbox set` and `show` name it.
struct Choice {
    std::string key;
    std::string value;
    Layer layer = Layer::built_in;
};
std::vector<Choice> choices(const EffectiveSettings& effective);

/// Why a mailbox cannot be told this, in the words of a command line; nothing where it can. Takes
/// neither an unknown key nor more than the ceiling allows.
std::optional<std::string> refuse_choice(std::string_view key, std::string_view value,
                                         const Settings& settings);

} // namespace crmsync::match
