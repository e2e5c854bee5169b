#include "pg/pool_rules.hpp"

namespace crmsync::pg::pool_rules {

Next next(const Situation& now)
{
    if (now.waiting == 0)
        return Next::rest;
    if (now.idle > 0)
        return Next::hand_out;
    if (now.lent + now.opening < now.size)
        return Next::open;
    return Next::wait;
}

Fate fate(const Returned& connection)
{
    const bool clean = connection.usable && !connection.in_transaction && connection.running == 0;
    return clean && !connection.pool_closed ? Fate::keep : Fate::close;
}

} // namespace crmsync::pg::pool_rules
