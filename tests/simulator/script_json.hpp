#pragma once

#include "simulator/script.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

/// Reads the members of a script's JSON object. A member that nothing reads is a mistake: `done`
/// throws std::invalid_argument for it, as every getter does for a wrong type.
class ScriptArguments {
public:
    explicit ScriptArguments(const boost::json::object& object) : object_(object) {}

    const boost::json::value* find(std::string_view name);
    bool has(std::string_view name) const { return object_.contains(name); }
    std::string text(std::string_view name); ///< throws when absent
    std::string text_or(std::string_view name, std::string fallback);
    long number_or(std::string_view name, long fallback);
    double fraction_or(std::string_view name, double fallback);
    bool flag_or(std::string_view name, bool fallback);
    std::vector<std::string> texts(std::string_view name);
    std::optional<Timestamp> time(std::string_view name);
    std::vector<Address> addresses(std::string_view name);
    Mail mail();
    void done() const;

private:
    const boost::json::object& object_;
    std::vector<std::string> read_;
};

/// The requests that were recorded, as a JSON array.
std::string record_json(const Record& record);
std::string items_json(const std::vector<ItemRef>& items);
/// Sets a switch by the name of its member; "contrary" sets the whole set.
void set_switch(Graph& graph, std::string_view name, const boost::json::value& value);

} // namespace crmsync::sim
