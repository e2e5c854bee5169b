#include "support/builders.hpp"

namespace crmsync::test {

namespace {

Uuid numbered_uuid(std::uint8_t kind, int n)
{
    Uuid id;
    id.bytes[0] = kind;
    id.bytes[14] = static_cast<std::uint8_t>(n >> 8);
    id.bytes[15] = static_cast<std::uint8_t>(n);
    return id;
}

} // namespace

Timestamp monday(int minutes)
{
    using namespace std::chrono;
    return sys_days{year{2026} / March / 2} + hours(9) + std::chrono::minutes(minutes);
}

RecordId record_id(int n) { return RecordId(numbered_uuid(0xC0, n)); }
ActivityId activity_id(int n) { return ActivityId(numbered_uuid(0xAC, n)); }

} // namespace crmsync::test
