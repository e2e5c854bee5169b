#include "match/effective.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::match {

namespace {

template <class T>
Effective<T> of_settings(T value, std::string_view key, const Settings& settings)
{
    return {std::move(value),
            settings.given.contains(key) ? Layer::configuration : Layer::built_in};
}

template <class T>
Effective<T> own_or(const std::optional<T>& own, Effective<T> otherwise)
{
    return own ? Effective<T>{*own, Layer::mailbox} : otherwise;
}

std::string_view word(bool value) { return value ? "true" : "false"; }

} // namespace

std::string_view to_string(Layer layer)
{
    switch (layer) {
    case Layer::built_in:
        return "built in";
    case Layer::configuration:
        return "configuration";
    case Layer::mailbox:
        return "mailbox";
    case Layer::ceiling:
        return "ceiling";
    }
    return "";
}

Mode ceiling_mode(const Settings& settings)
{
    // The settings are checked when they are read. Should a word slip through, nothing is tracked
    // rather than everything.
    return parse_mode(settings.tracking.ceiling_mode).value_or(Mode::manual);
}

EffectiveSettings effective_settings(const Mailbox& mailbox, const Settings& settings)
{
    const Settings::Tracking& tracking = settings.tracking;
    EffectiveSettings all;
    const Mode usual = parse_mode(tracking.default_mode).value_or(Mode::manual);
    all.mode = own_or(mailbox.mode, of_settings(usual, "tracking.default_mode", settings));
    const Mode ceiling = ceiling_mode(settings);
    if (all.mode.value > ceiling)
        all.mode = {ceiling, Layer::ceiling};
    all.show_shared = own_or(mailbox.show_shared,
                             of_settings(tracking.show_shared, "tracking.show_shared", settings));
    // Switched off for everybody, it is no mailbox's to switch on: rules would track more.
    all.sent_items = own_or(mailbox.sent_items,
                            of_settings(tracking.sent_items, "tracking.sent_items", settings));
    if (all.sent_items.value && !tracking.sent_items)
        all.sent_items = {false, Layer::ceiling};
    const bool shared = mailbox.kind == "shared";
    all.on_untrack = own_or(
        mailbox.on_untrack,
        of_settings(shared ? tracking.on_untrack_shared : tracking.on_untrack,
                    shared ? "tracking.on_untrack_shared" : "tracking.on_untrack", settings));
    return all;
}

Mode effective_mode(std::optional<Mode> mailbox, const Settings& settings)
{
    Mailbox one;
    one.mode = mailbox;
    return effective_settings(one, settings).mode.value;
}

std::vector<Choice> choices(const EffectiveSettings& effective)
{
    return {
        {"mode", std::string(to_string(effective.mode.value)), effective.mode.layer},
        {"show_shared", std::string(word(effective.show_shared.value)),
         effective.show_shared.layer},
        {"sent_items", std::string(word(effective.sent_items.value)), effective.sent_items.layer},
        {"on_untrack", effective.on_untrack.value, effective.on_untrack.layer}};
}

std::optional<std::string> refuse_choice(std::string_view key, std::string_view value,
                                         const Settings& settings)
{
    const auto one_of = [&](std::initializer_list<std::string_view> words) {
        return std::find(words.begin(), words.end(), value) != words.end();
    };
    std::string_view expected;
    if (key == "mode")
        expected = "manual, replies, contacts, records or all";
    else if (key == "show_shared" || key == "sent_items")
        expected = "true or false";
    else if (key == "on_untrack")
        expected = "delete or keep";
    else
        return fmt::format("\"{}\" is no key of a mailbox; known are mode, show_shared, "
                           "sent_items and on_untrack",
                           key);
    if (value == "default")
        return std::nullopt;
    const bool known = key == "mode"         ? parse_mode(value).has_value()
                       : key == "on_untrack" ? one_of({"delete", "keep"})
                                             : one_of({"true", "false"});
    if (!known)
        return fmt::format("{} \"{}\" is not understood; expected {}, or default to take the "
                           "mailbox's own value away",
                           key, value, expected);
    if (key == "mode" && *parse_mode(value) > ceiling_mode(settings))
        return fmt::format("mode {} is above tracking.ceiling_mode \"{}\"", value,
                           settings.tracking.ceiling_mode);
    if (key == "sent_items" && value == "true" && !settings.tracking.sent_items)
        return "sent_items true is more than tracking.sent_items false allows";
    return std::nullopt;
}

} // namespace crmsync::match
