#pragma once

#include "base/timestamp.hpp"
#include "match/effective.hpp"
#include "model/mailbox.hpp"
#include "settings/settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace crmsync {

/// A mailbox as scripts read it.
boost::json::object as_json(const Mailbox& mailbox, const Settings& settings);

/// What holds for it, each with who said so.
boost::json::object as_json(const match::EffectiveSettings& effective);

/// A time for people, to the second.
std::string time_or(const std::optional<Timestamp>& at, const char* otherwise);

} // namespace crmsync
